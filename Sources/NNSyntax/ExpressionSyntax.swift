package import NNSource

/// A name where it is written. Full names of parameters hold dots: `dense2.weight`.
package struct NameSyntax: Hashable, Sendable {
  package var text: String
  package var range: SourceRange

  package init(text: String, range: SourceRange) {
    self.text = text
    self.range = range
  }
}

/// A text in quotes, its escapes resolved.
package struct StringSyntax: Hashable, Sendable {
  package var text: String
  package var range: SourceRange
}

/// Anything that stands for a value, a number, a layer or a data source; which of these is for elaboration to say.
///
/// Runs of operators of one precedence, and pipes, are kept flat. The depth of a tree is therefore bounded by
/// ``SyntaxLimit/depth``, however long the text, and walking it needs little stack.
package struct ExpressionSyntax: Hashable, Sendable {
  package indirect enum Kind: Hashable, Sendable {
    case number(Double)
    case string(String)
    case name(String)
    case list([ExpressionSyntax])
    /// `(a, b)`: never of fewer than two.
    case tuple([ExpressionSyntax])
    case call(CallSyntax)
    case index(ExpressionSyntax, [IndexSyntax])
    case negation(ExpressionSyntax)
    /// `a ^ b`
    case power(ExpressionSyntax, ExpressionSyntax)
    /// `first op a op b ...`, from left to right, all of one precedence.
    case operations(ExpressionSyntax, [OperationSyntax])
    /// `a < b`; comparisons do not chain.
    case comparison(ExpressionSyntax, ComparisonOperator, ExpressionSyntax)
    case span(SpanSyntax)
    /// `value |> stage |> stage`; a stage written as a bare name is a call without arguments.
    case pipe(ExpressionSyntax, [CallSyntax])
  }

  package var kind: Kind
  package var range: SourceRange
}

package enum ArithmeticOperator: String, Hashable, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case remainder = "%"
  case matrixProduct = "@"
}

package enum ComparisonOperator: String, Hashable, Sendable {
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
}

/// One step of a run of operators: the operator and what stands to its right.
package struct OperationSyntax: Hashable, Sendable {
  package var symbol: ArithmeticOperator
  package var symbolRange: SourceRange
  package var operand: ExpressionSyntax
}

/// `0..<n`, or `"a".."d"` where columns of a table are named. Within an index either end may be left out.
package struct SpanSyntax: Hashable, Sendable {
  package var lower: ExpressionSyntax?
  package var upper: ExpressionSyntax?
  /// Written `..`: the upper end belongs to it.
  package var includesUpper: Bool
}

/// `f(x, axis: 0)`; also a stage of a pipe, where the parentheses may be missing.
package struct CallSyntax: Hashable, Sendable {
  package var function: NameSyntax
  package var arguments: [ArgumentSyntax]
  package var range: SourceRange

  package init(function: NameSyntax, arguments: [ArgumentSyntax], range: SourceRange) {
    self.function = function
    self.arguments = arguments
    self.range = range
  }
}

/// `x` or `axis: 0`.
package struct ArgumentSyntax: Hashable, Sendable {
  package var label: NameSyntax?
  package var value: ExpressionSyntax

  package var range: SourceRange { label.map { $0.range.union(value.range) } ?? value.range }
}

/// What stands between the brackets of an index, per axis.
package struct IndexSyntax: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// `:`
    case all
    /// `new`
    case newAxis
    case position(ExpressionSyntax)
    /// `a..<b`, `a..<`, `..<b`
    case slice(lower: ExpressionSyntax?, upper: ExpressionSyntax?)
  }

  package var kind: Kind
  package var range: SourceRange
}
