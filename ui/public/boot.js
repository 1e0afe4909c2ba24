// Sets theme and language before the first paint. A file of its own, as the Content-Security-Policy allows no inline script.
;(function () {
  var root = document.documentElement
  var read = function (key) {
    try {
      return localStorage.getItem(key)
    } catch {
      return null
    }
  }
  var scheme = read('bongsu.theme')
  if (scheme !== 'light' && scheme !== 'dark')
    scheme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
  root.setAttribute('data-mantine-color-scheme', scheme)
  var language = read('bongsu.language') || navigator.language || 'en'
  root.lang = language.slice(0, 2) === 'ko' ? 'ko' : 'en'
})()
