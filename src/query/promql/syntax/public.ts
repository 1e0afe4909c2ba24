/** What `bongsu/promql` offers to other programs: parsing, checking and printing PromQL, in Node and in browsers. */
export type {
  Aggregation,
  AggregationOp,
  AtModifier,
  BinaryExpression,
  BinaryOp,
  Call,
  DurationExpression,
  Expression,
  FunctionSignature,
  MatrixSelector,
  Modifiers,
  NumberLiteral,
  Parens,
  Span,
  StringLiteral,
  Subquery,
  UnaryExpression,
  ValueType,
  VectorMatching,
  VectorSelector,
} from './ast.ts'
export { choosesAll } from './choose.ts'
export { expressionTree } from './expression-tree.ts'
export type { TreeNode } from './expression-tree.ts'
export { FUNCTIONS } from './functions.ts'
export type { FunctionEntry } from './functions.ts'
export { ALL_FEATURES } from './options.ts'
export type { ParserOptions } from './options.ts'
export { parseExpression, parseMetric, parseMetricSelector } from './parse.ts'
export { lineAndColumn } from './position.ts'
export { prettify } from './prettify.ts'
export { printExpression, printMatcher } from './print.ts'
export { PromqlSyntaxError } from './syntax-error.ts'
export type { SyntaxProblem } from './syntax-error.ts'
export { children, selectorsOf, typeName, typeOf, visit } from './walk.ts'
