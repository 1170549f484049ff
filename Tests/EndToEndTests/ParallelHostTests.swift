import Foundation
import NNEmission
import NNSchedule
import NNTestSupport
import Testing

/// A host as the documentation shows it: exported C gives the same bits with its threads as without, under every compiler.
@Suite struct ParallelHostTests {
  private static let model = ModelSource(
    "host",
    """
    input x: [3, 10, 10]
    target t: class(10)
    h = x |> conv(8, kernel: 3, pad: 1) |> relu |> flatten |> dense(251) |> tanh |> dense(130) |> relu
    rows = x[0] |> lstm(40)
    scores = (h |> dense(10)) + (rows[9] |> dense(10))
    loss cross_entropy(scores, t)
    output distribution = softmax(h |> dense(400))
    train { optimizer adam(rate: 0.01); batch 101 }
    """)

  private static let strictness = ["-std=c11", "-O2", "-march=native", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-pthread"]

  @Test func threadsOfAHostChangeNoBit() throws {
    let printed = try Self.model.printed(entries: [.initialize, .infer, .step], precision: .f32)
    let folder = try TemporaryFolder()
    for isParallel in [false, true] {
      let program = Emitter.export(printed.compiled, sources: printed.sources, hash: 1, isParallel: isParallel)
      #expect(program.source.contains("part[j] +="))
      #expect(program.source.contains("host_step_part(") == isParallel)
      let name = isParallel ? "shared" : "alone"
      try folder.write(program.source, to: "\(name)_host.c")
      try folder.write(program.header, to: "\(name)_host.h")
      try folder.write(try Self.main(isParallel: isParallel, header: "\(name)_host.h"), to: "\(name).c")
    }
    var outcomes: Set<String> = []
    for compiler in ["gcc", "clang"] where Command.exists(compiler) {
      for name in ["alone", "shared"] {
        let binary = "\(compiler)_\(name)"
        let built = try Command([compiler] + Self.strictness + ["\(name).c", "\(name)_host.c", "-o", binary], in: folder.path)
        try #require(built.status == 0, "\(built.output.prefix(2000))")
        outcomes.insert(try Command(["./" + binary], in: folder.path).output)
      }
    }
    #expect(outcomes.count == 1, "\(outcomes)")
    #expect(outcomes.first?.hasPrefix("bits ") == true)
  }

  /// Two steps and an inference; what they leave behind, as one number.
  private static func main(isParallel: Bool, header: String) throws -> String {
    let host = isParallel ? try documentedHost() : ""
    return """
      #include <stdio.h>
      #include <stdlib.h>
      #include <string.h>
      #include "\(header)"
      \(host)
      static unsigned long long bits = 14695981039346656037ull;
      static void add(const void *memory, size_t bytes) {
        for (size_t i = 0; i < bytes; ++i) bits = (bits ^ ((const unsigned char *)memory)[i]) * 1099511628211ull;
      }
      static float params[HOST_PARAMS], optimizer[HOST_OPTIMIZER], x[101 * 300], distribution[101 * 400];
      static int t[101];
      int main(void) {
        for (int i = 0; i < 101 * 300; ++i) x[i] = (float)(i * 7919 % 2003) / 1001.5f - 1.0f;
        for (int i = 0; i < 101; ++i) t[i] = i % 10;
        \(isParallel ? "const host_parallel threads = {run, NULL, LANES};" : "")
        void *workspace = malloc(HOST_WORKSPACE\(isParallel ? " + LANES * HOST_LANE_WORKSPACE" : ""));
        host_init(params, NULL, 5\(isParallel ? ", NULL" : ""));
        for (unsigned long long step = 0; step < 2; ++step) {
          float loss = host_step(params, NULL, optimizer, 101, x, t, 0.01f, step, 101 * step, workspace\(isParallel ? ", &threads" : ""));
          add(&loss, sizeof loss);
        }
        host_infer(params, NULL, 100, x, distribution, workspace\(isParallel ? ", &threads" : ""));
        add(params, sizeof params);
        add(optimizer, sizeof optimizer);
        add(distribution, sizeof distribution);
        free(workspace);
        printf("bits %llx\\n", bits);
        return 0;
      }

      """
  }

  /// The C that the page about the interface shows.
  private static func documentedHost() throws -> String {
    let page = try String(contentsOfFile: repositoryPath("docs/C-INTERFACE.md"), encoding: .utf8)
    let blocks = page.components(separatedBy: "```c\n").dropFirst().compactMap { $0.components(separatedBy: "\n```").first }
    return try #require(blocks.first { $0.contains("pthread_create") })
  }
}
