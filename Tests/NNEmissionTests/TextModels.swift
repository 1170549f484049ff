import NNElaboration
import NNGraph
import NNOperations
import NNSchedule
import NNSource

/// A model given as text, scheduled.
struct TextModel: Sendable, CustomStringConvertible {
  let name: String
  let text: String
  var batch = 7

  var description: String { name }

  struct Unusable: Error, CustomStringConvertible {
    var description: String
  }

  func elaborated() throws -> (model: Model, sources: SourceMap) {
    let result = Elaboration.run(ModelText(name: name + ".nn", bytes: Array(text.utf8))) { _ in .unreadable("there are no other files") }
    guard let model = result.model else { throw Unusable(description: "\(name): \(result.diagnostics.map(\.message))") }
    return (model, result.sources)
  }

  /// With every entry that the model can have, or those given.
  func compiled(_ precision: Precision, _ kinds: [EntryKind] = EntryKind.withParameters) throws -> (
    model: CompiledModel, sources: SourceMap
  ) {
    let (model, sources) = try elaborated()
    let optimizer = try Optimizers.make(model.recipe.optimizer)
    let builder = EntryBuilder(model, optimizer: optimizer, batch: batch)
    let possible = kinds.filter { builder.obstacle($0) == nil }
    return (Scheduler.compile(model, optimizer: optimizer, entries: possible, batch: batch, precision: precision), sources)
  }

  /// Operands that are laid down by several threads: activations, and the kernels of a convolution.
  static let packedByAll = TextModel(
    name: "packed_by_all",
    text: """
      input x: [32, 6, 6]
      input z: [1500]
      target y: class(3)
      h = x |> conv(90, kernel: 5) |> relu
      loss cross_entropy(h |> flatten |> dense(3), y) + mean(square(z |> dense(200) |> tanh |> dense(2)))
      output h
      train { optimizer adam(rate: 0.01) }
      """, batch: 48)

  /// Models whose loops are longer than strips, tiles and blocks, and whose walks are odd.
  static let wide: [TextModel] = [
    TextModel(
      name: "long_rows",
      text: """
        input x: [2100]
        target y: class(7)
        h = x |> dense(13) |> relu
        s = h |> dense(7)
        loss cross_entropy(s, y) + 1e-3 * l2(weights)
        output p = softmax(s)
        output q = softmax(x * 2)
        output norms = sum(square(x)) + max(x)
        metric accuracy(s, y)
        train { optimizer adam(rate: 0.01) }
        """, batch: 26),
    TextModel(
      name: "wide_product",
      text: """
        input x: [2]
        h = x |> dense(4500) |> tanh
        loss mean(h * h)
        output p = softmax(h)
        output total = sum(h)
        output top = argmax(h)
        """, batch: 27),
    TextModel(
      name: "products",
      text: """
        input a: [6, 40]
        input b: [40, 9]
        param w: [9, 40] = normal(0.2)
        c = a @ b
        g = a @ transpose(a)
        v = b @ (w @ b)
        loss mean(square(c)) + 0.01 * mean(square(g)) + mean(v) ^ 2
        output c
        output g
        train { optimizer sgd(rate: 0.1, momentum: 0.9, nesterov: true, decay: 0.01) }
        """, batch: 4),
    TextModel(
      name: "walks",
      text: """
        input x: [30, 50]
        param p: [50, 30] = xavier
        t = transpose(x)
        y = concat(t, p * 2, axis: 1)
        z = pad(y[3..<40, 1..<], amounts: 2)
        loss mean(square(z)) + mean(square(sum(x * transpose(p), axis: 0)))
        output t
        output z
        output r = roll(x, 7, axis: 1)
        output s = stack(x[0], x[-1])
        output column = max(x, axis: 0)
        output least = min(x, axis: 1)
        output which = argmax(x, axis: 0)
        """, batch: 3),
    TextModel(
      name: "memory",
      text: """
        input x: [8]
        target t: []
        state s: [8] = 0
        state c: [] = 1
        h = tanh((x |> dense(8)) + 0.5 * s)
        next s = h
        next c = c + mean(h)
        y = sum(h) * c
        loss squared_error(y, t)
        output y
        output h
        """, batch: 9),
    TextModel(
      name: "classes",
      text: """
        input word: [6] of class(11)
        target next_word: [6] of class(11)
        param table: [11, 13] = normal(1)
        e = one_hot(word, classes: 11) @ table
        s = e |> dense(11)
        loss cross_entropy(s, next_word)
        output s
        metric accuracy(s, next_word)
        """, batch: 12),
    TextModel(
      name: "exchanged_states",
      text: """
        input x: [2]
        state a: [2] = 1
        state b: [2] = 2
        state c: [3, 2] = 3
        next a = b + x
        next b = a
        next c = transpose(reshape(c, [2, 3]))
        output before = a
        output a * 2
        output c
        loss sum(a * b)
        """, batch: 5),
    TextModel(
      name: "pictures",
      text: """
        input x: [3, 33, 17]
        target t: class(5)
        h = x |> conv(16, kernel: 3, pad: 1) |> batchnorm |> relu |> conv(5, kernel: 3) |> avgpool(2)
        loss cross_entropy(h |> global_avgpool, t)
        output h
        train { optimizer sgd(rate: 0.1, momentum: 0.9) }
        """, batch: 4),
    // Convolutions to few channels, whose pixels fill vectors: odd pictures of one vector and of several, two sums over windows, padding, and readers that
    // want channels side by side.
    TextModel(
      name: "few_channels",
      text: """
        input x: [2, 13, 19]
        input u: [3, 1, 37]
        target t: class(5)
        a = x |> conv(6, kernel: 5, pad: 2) |> tanh
        b = a |> avgpool(2) |> conv(16, kernel: 3) |> relu
        c = a |> maxpool(3) |> conv(9, kernel: 2, pad: 1, dilation: 2)
        d = a |> conv(4, kernel: 3, stride: 2, pad: 1) |> batchnorm |> conv_transpose(3, kernel: 4, stride: 2)
        f = x |> conv(8, kernel: 3, stride: [2, 1], dilation: [2, 1], pad: [2, 1], bias: false)
        g = concat(a |> conv(5, kernel: 3, pad: 1), a |> conv(20, kernel: 3, pad: 1), axis: 0) |> relu
        e = u |> conv(5, kernel: [1, 7], pad: [0, 3]) |> sigmoid |> conv(8, kernel: [1, 3])
        scores = (b |> global_avgpool |> dense(5)) + (c |> flatten |> dense(5)) + (e |> flatten |> dense(5))
        loss cross_entropy(scores, t) + mean(square(d)) + mean(square(f)) + mean(square(g))
        output scores
        train { optimizer sgd(rate: 0.1, momentum: 0.9) }
        """, batch: 4),
    // Convolutions by Winograd's tiles: at edges of odd pictures, into padded pictures, read by two layers, beside those that are not.
    TextModel(
      name: "tiled_pictures",
      text: """
        input x: [16, 13, 12]
        input z: [20, 12, 7]
        target t: class(5)
        h = x |> conv(33, kernel: 3, pad: 1) |> tanh
        a = h |> conv(16, kernel: 3) |> batchnorm |> relu
        b = concat(a, h[..<16, 1..<12, 1..<11], axis: 0) |> conv(17, kernel: 3, pad: 1, bias: false)
        c = (h |> conv(40, kernel: 3, dilation: 2)) |> maxpool(3)
        d = z |> conv_transpose(32, kernel: 3, pad: 1) |> softmax(axis: 0)
        scores = (b |> global_avgpool |> dense(5)) + (c |> flatten |> dense(5)) + (d |> global_avgpool |> dense(5))
        loss cross_entropy(scores, t) + mean(square(d))
        output scores
        output d
        train { optimizer sgd(rate: 0.1, momentum: 0.9) }
        """, batch: 4),
    TextModel(
      name: "nothing_to_train",
      text: """
        input x: [3]
        loss sum(square(x))
        """, batch: 4),
    TextModel(
      name: "activations",
      text: """
        input x: [70]
        param a: [70] = normal(1)
        b = x * a
        y = sigmoid(b) + tanh(b) + relu(b) + leaky_relu(b) + elu(b) + softplus(b) + gelu(b) + silu(b) + clip(b, -0.5, 0.5)
        z = exp(-abs(b)) + log(1.5 + square(b)) + sqrt(1 + abs(b)) + sin(b) * cos(b) + where(b > 0, b, 2 * b) + step(b) + max(b, x) * min(a, x)
        w = (1.5 + sin(b)) ^ a + (b + 3) % 2 + (b == x) + (b <= a)
        loss mean(y + z + w)
        output y
        output z
        output w
        """, batch: 40),
    TextModel(
      name: "deep",
      text: """
        input x: [3]
        param start: [] = 0.5
        h = x
        s = start
        for i in 0..<6 { h = tanh(h |> dense(3)) }
        for i in 0..<90 { h = tanh(h * 1.01) + sin(h) }
        for i in 0..<100 { s = sin(s) + 0.1 }
        for i in 0..<70 { h = h + s * 0.01; s = cos(s) }
        loss mean(h) + s
        output h
        """, batch: 2),
    // 0 and -0 are two numbers, and a chain reads more numbers for each row than a vector loop has addresses.
    TextModel(
      name: "signs_and_rows",
      text: """
        input x: [5, 40]
        param w: [5, 40] = normal(1)
        param p: [14, 5] = normal(1)
        y = x * w
        for i in 0..<14 { y = (y + p[i][:, new]) * p[13 - i][:, new] }
        s = 1 / where(x > 0, 0, -0)
        z = max(y, 0) + min(-0 * x, 0)
        loss mean(square(y)) / 100 + mean(where(s > 0, y, -y)) / 9
        output y
        output s
        output z
        """, batch: 3),
    TextModel(
      name: "parts_of_parts",
      text: """
        input x: [6, 9]
        input y: [4]
        target t: class(5)
        h = x |> lstm(7)
        first = concat(y, tanh(y), axis: 0)
        second = concat(sin(y), y, axis: 0)
        some = stack(first, second)
        all = stack(concat(exp(y), y, axis: 0), first, second, first)
        both = concat(all, stack(second, second), axis: 0)
        output both
        z = y |> tanh |> dense(4)
        output late = concat(z, exp(y) + z[3], axis: 0)
        a = tanh(y)
        output same = concat(a, exp(y) + a[3], axis: 0)
        loss cross_entropy(concat(h[5], flatten(both), axis: 0) |> dense(5), t) + mean(square(some)) + mean(all)
        """, batch: 17),
    // Functions of short rows, whose passes are made by groups of rows: more than one group, and rows of several lengths and kinds.
    TextModel(
      name: "short_rows",
      text: """
        input x: [37]
        input z: [6, 9]
        target y: class(10)
        s = x |> dense(10)
        w = x |> dense(20) |> tanh
        a = softmax((z @ transpose(z)) / 4) @ sin(z)
        p = softmax(z)
        q = log(p) * exp(-norm(z, axis: 1)[:, new])
        v = (1.5 + sin(z)) ^ sigmoid(z + 1)
        loss cross_entropy(s, y) + mean(square(a)) + mean(v * p) + mean(square(w)) - mean(q) / 9
        output distribution = softmax(s)
        output a
        output q
        output cos(v)
        train { optimizer adam(rate: 0.01) }
        """, batch: 70),
    // Convolutions of each channel by itself, with strides and dilation, and what they are transposed.
    TextModel(
      name: "channels",
      text: """
        input x: [9, 7, 6]
        target y: class(3)
        h = x |> conv(20, kernel: 1) |> relu |> conv(20, kernel: 3, pad: 1, groups: 20) |> tanh
        s = h |> conv(20, kernel: [5, 3], stride: 2, pad: 2, groups: 20) |> relu
        u = s |> conv_transpose(20, kernel: 3, stride: 2, groups: 20)
        w = h |> conv(20, kernel: 2, dilation: [3, 2], groups: 20) |> maxpool(3, stride: 2, pad: 1)
        loss cross_entropy(s |> flatten |> dense(3), y) + mean(square(u)) + mean(cos(w))
        output u
        train { optimizer adam(rate: 0.01) }
        """, batch: 9),
    packedByAll,
    // Sums along rows of what is one number for each of them, on the way back.
    TextModel(
      name: "rows_of_one_number",
      text: """
        input x: [4, 6, 8]
        param b: [4] = normal(1)
        v = (x + b[:, new, new]) |> transpose(axes: [0, 2, 1])
        loss mean(square(v |> mean(axis: [1, 2]) |> dense(2)))
        train { optimizer sgd(rate: 0.1) }
        """, batch: 2),
  ]

  /// What draws random numbers.
  static let drawing: [TextModel] = [
    TextModel(
      name: "drawing",
      text: """
        input x: [37]
        h = x |> dropout(0.4) |> dense(20) |> noise(0.3)
        u = random_uniform([3, 2])
        g = random_normal([])
        loss mean(square(h)) + mean(u) * g
        """, batch: 11),
    TextModel(
      name: "slopes_of_draws",
      text: """
        input x: [6]
        h = x |> noise(0.2) |> dropout(0.4) |> dense(5) |> tanh |> dropout(0.1)
        loss norm(gradient(sum(square(h)), x))
        """, batch: 3),
  ]
}
