/// The words that begin statements. They are no reserved words: `state = tanh(x)` binds a value called `state`.
package enum Keyword: String, CaseIterable, Sendable {
  case model, use
  case constant = "let"
  case input, target
  case parameter = "param"
  case state, next, layer, block
  case loop = "repeat"
  case forLoop = "for"
  case condition = "if"
  case yield
  case returning = "return"
  case loss, metric, output, train
}
