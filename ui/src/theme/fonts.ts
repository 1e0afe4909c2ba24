/**
 * Fonts come from this very server, and after the first paint: the stylesheet with Pretendard's 92 ranges of Hangul is
 * big, and every text is legible in the system's font until then. The browser fetches only ranges that a text needs.
 */
export function loadFonts(): void {
  void import('pretendard/dist/web/variable/pretendardvariable-dynamic-subset.css')
  void import('@fontsource-variable/jetbrains-mono/wght.css')
}
