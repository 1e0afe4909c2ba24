export function TargetsPage() {
  return <h1>targets</h1>
}
