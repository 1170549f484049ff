package import NNSource

/// One statement of a model. What may stand where (an `input` within a loop?) is for elaboration to say.
package struct StatementSyntax: Hashable, Sendable {
  package indirect enum Kind: Hashable, Sendable {
    /// `model NAME`
    case model(NameSyntax)
    /// `use "file.nn"`
    case use(StringSyntax)
    /// `let NAME = EXPR`
    case constant(NameSyntax, ExpressionSyntax)
    /// `input NAME: TYPE`
    case input(NameSyntax, TypeSyntax)
    /// `target NAME: TYPE`
    case target(NameSyntax, TypeSyntax)
    /// `param NAME [: SHAPE] = INIT`
    case parameter(VariableSyntax)
    /// `state NAME [: SHAPE] = INIT`
    case state(VariableSyntax)
    /// `next NAME = EXPR`
    case next(NameSyntax, ExpressionSyntax)
    /// `NAME = EXPR`, `(NAME, NAME) = EXPR`, and either with a `for` to the right
    case binding(BindingSyntax)
    /// `layer NAME = EXPR`
    case layer(NameSyntax, ExpressionSyntax)
    case block(BlockSyntax)
    /// `repeat COUNT { ... }`
    case loop(count: ExpressionSyntax, body: [StatementSyntax])
    case forLoop(ForSyntax)
    case condition(ConditionSyntax)
    case yield(ExpressionSyntax)
    case `return`(ExpressionSyntax)
    case loss(LossSyntax)
    /// `metric [NAME =] EXPR`
    case metric(NameSyntax?, ExpressionSyntax)
    /// `output [NAME =] EXPR`
    case output(NameSyntax?, ExpressionSyntax)
    /// `train { ... }`
    case train([RecipeLineSyntax])
  }

  package var kind: Kind
  package var range: SourceRange
}

/// `[3, 32, 32]`, `[]`, `class(10)` or `[32] of class(10)`.
package struct TypeSyntax: Hashable, Sendable {
  /// Nil for a bare `class(10)`, one class per example.
  package var shape: ShapeSyntax?
  /// K of `class(K)`; nil for real values.
  package var classes: ExpressionSyntax?
  package var range: SourceRange
}

package struct ShapeSyntax: Hashable, Sendable {
  package var extents: [ExpressionSyntax]
  package var range: SourceRange
}

/// A parameter or a state.
package struct VariableSyntax: Hashable, Sendable {
  package var name: NameSyntax
  /// Without it the initial value has the shape.
  package var shape: ShapeSyntax?
  package var initial: ExpressionSyntax
}

package struct BindingSyntax: Hashable, Sendable {
  package enum Value: Hashable, Sendable {
    case expression(ExpressionSyntax)
    case loop(ForSyntax, range: SourceRange)
  }

  /// One name, or those of a tuple, of which there are at least two.
  package var names: [NameSyntax]
  package var value: Value
}

/// `block NAME(x, channels, stride = 1) { ... return EXPR }`
package struct BlockSyntax: Hashable, Sendable {
  package struct Parameter: Hashable, Sendable {
    package var name: NameSyntax
    package var initial: ExpressionSyntax?
  }

  package var name: NameSyntax
  package var parameters: [Parameter]
  package var body: [StatementSyntax]
}

/// `for NAME in EXPR { ... }`
package struct ForSyntax: Hashable, Sendable {
  package var variable: NameSyntax
  package var items: ExpressionSyntax
  package var body: [StatementSyntax]
}

/// `if EXPR { ... } else { ... }`; `else if` is an `otherwise` of one condition.
package struct ConditionSyntax: Hashable, Sendable {
  package var condition: ExpressionSyntax
  package var body: [StatementSyntax]
  package var otherwise: [StatementSyntax]
}

/// `loss [NAME =] EXPR [trains NAME, NAME]`
package struct LossSyntax: Hashable, Sendable {
  package var name: NameSyntax?
  package var value: ExpressionSyntax
  /// Empty: trains everything.
  package var trains: [NameSyntax]
}

/// A line of the recipe: `optimizer sgd(rate: 0.1)`, `split validation: 0.2`, `batch 32`.
package struct RecipeLineSyntax: Hashable, Sendable {
  package var name: NameSyntax
  package var arguments: [ArgumentSyntax]
  package var range: SourceRange
}
