export function CardinalityPage() {
  return <h1>cardinality</h1>
}
