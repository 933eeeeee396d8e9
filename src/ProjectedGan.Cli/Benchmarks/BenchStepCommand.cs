using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using ProjectedGan.Cli.Demo;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Foundation;
using ProjectedGan.Specification;

namespace ProjectedGan.Cli.Benchmarks;

/// <summary><c>pgan bench step</c>: times a training iteration, alone or in turn with a peer.</summary>
internal static class BenchStepCommand
{
    public static Command Build()
    {
        Option<string[]> configurations = new("--config") { Description = $"Known specs: {string.Join(", ", StepConfigurations.Names)}.", DefaultValueFactory = _ => ["demo"], AllowMultipleArgumentsPerToken = true };
        var set = SettingOption.Create();
        Option<int> lanes = new("--lanes") { Description = "Replicas side by side; 0 for as many as the processors allow." };
        Option<int> warmup = new("--warmup") { Description = "Iterations before counting.", DefaultValueFactory = _ => 3 };
        Option<int> iterations = new("--iterations") { Description = "Iterations counted in a round.", DefaultValueFactory = _ => 10 };
        Option<int> rounds = new("--rounds") { Description = "Rounds beside a peer.", DefaultValueFactory = _ => 3 };
        Option<string?> peer = new("--peer") { Description = "A PyTorch script to run in turn, under the same threads.", HelpName = "SCRIPT.py" };
        var python = PeerProcess.Python();
        Option<bool> json = new("--json") { Description = "Print one JSON object for one configuration." };
        ExampleCommand command = new(
            "step",
            "Times training iterations on images of noise: images/s, parts of the iteration, peak memory.",
            "bench step --config demo",
            "bench step --config demo fastgan_lite-128 --peer tests/peers/projected_gan_step.py",
            "bench step --config fastgan-256 --set batch=32 --set execution.device=cuda")
        {
            configurations, set, lanes, warmup, iterations, rounds, peer, python, json,
        };
        command.Runs(async (parsed, cancellation) =>
        {
            StepPlan plan = new(parsed.GetValue(set)!, parsed.GetValue(lanes), parsed.GetValue(warmup), parsed.GetValue(iterations), parsed.GetValue(rounds));
            foreach (var name in parsed.GetValue(configurations)!)
            {
                var spec = plan.Spec(name);
                if (parsed.GetValue(peer) is { } script)
                {
                    await CompareAsync(name, spec, plan, parsed.GetValue(python)!, script, cancellation);
                }
                else
                {
                    var measured = StepBenchmark.Run(spec, plan.Lanes, plan.Warmup, plan.Iterations, cancellation);
                    Print(name, spec, measured, parsed.GetValue(json));
                }
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static void Print(string name, TrainingSpec spec, StepMeasurement measured, bool json)
    {
        if (json)
        {
            Console.WriteLine(measured.ToJson());
            return;
        }

        Console.WriteLine($"{name}: {measured.Median * 1000:F1} ms an iteration of {spec.Batch} images, {spec.Batch / measured.Median:F1} images/s, peak {measured.PeakBytes >> 20:N0} MiB");
        foreach ((var part, var seconds) in measured.Parts!.OrderByDescending(part => part.Value))
        {
            Console.WriteLine($"  {part,-22} {seconds * 1000,8:F1} ms");
        }
    }

    private static async Task CompareAsync(string name, TrainingSpec spec, StepPlan plan, string python, string script, CancellationToken cancellation)
    {
        PeerProcess.RequireScript(script);
        var side = plan.Lanes > 0 ? plan.Lanes : Math.Max(1, Environment.ProcessorCount / spec.Execution.ThreadsPerReplica);
        var threads = Math.Min(side, spec.Replicas) * spec.Execution.ThreadsPerReplica;
        List<double> ratios = [];
        for (var round = 1; round <= plan.Rounds; round++)
        {
            var ours = await MeasureAsync(PeerProcess.Self, plan.Arguments(name), "", cancellation);
            var configuration = PeerProcess.Configuration(spec, threads);
            configuration["warmup"] = plan.Warmup;
            configuration["iterations"] = plan.Iterations;
            var theirs = await MeasureAsync(python, [script], configuration.ToJsonString(), cancellation);
            ratios.Add(ours.Median / theirs.Median);
            Console.WriteLine(
                $"{name} round {round}, {threads} thread(s): {ours.Median * 1000:F1} ms ({spec.Batch / ours.Median:F1} images/s, peak {ours.PeakBytes >> 20:N0} MiB), " +
                $"peer {theirs.Median * 1000:F1} ms ({spec.Batch / theirs.Median:F1} images/s, peak {theirs.PeakBytes >> 20:N0} MiB), ratio {ratios[^1]:F3}");
        }

        Console.WriteLine($"{name}: median ratio of times {ratios.Order().ElementAt(ratios.Count / 2):F3} (below 1: faster than the peer)");
    }

    private static async Task<StepMeasurement> MeasureAsync(string program, IReadOnlyList<string> arguments, string input, CancellationToken cancellation)
    {
        var last = "";
        await PeerProcess.RunAsync(program, arguments, input, line => last = line, cancellation);
        return StepMeasurement.Parse(last) ?? throw new PganException($"'{program}' printed '{last}', which is no measurement.");
    }

    private sealed record StepPlan(string[] Settings, int Lanes, int Warmup, int Iterations, int Rounds)
    {
        public TrainingSpec Spec(string name) => SpecSchema.With(StepConfigurations.Find(name), SettingOption.Parse(Settings));

        /// <summary>What makes this program measure the same alone.</summary>
        public IReadOnlyList<string> Arguments(string name) =>
        [
            "bench", "step", "--json", "--config", name, "--lanes", $"{Lanes}", "--warmup", $"{Warmup}", "--iterations", $"{Iterations}",
            .. Settings.SelectMany(setting => new[] { "--set", setting }),
        ];
    }
}

/// <summary>The specs that <c>pgan bench step</c> knows by name. Weights are random: the time of a step does not depend on them.</summary>
internal static class StepConfigurations
{
    private static readonly Dictionary<string, Func<TrainingSpec>> ByName = new()
    {
        ["demo"] = () => DemoSpec.Create("synthetic", FeatureSpec.RandomWeights, 0, DeviceKind.Cpu),
        ["fastgan_lite-128"] = () => Reference(GeneratorKind.FastGanLite, 128, 8),
        ["fastgan_lite-256"] = () => Reference(GeneratorKind.FastGanLite, 256, 16),
        ["fastgan-256"] = () => Reference(GeneratorKind.FastGan, 256, 16),
    };

    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <exception cref="UsageException">The name is unknown.</exception>
    public static TrainingSpec Find(string name) => ByName.TryGetValue(name, out var create)
        ? create()
        : throw new UsageException($"--config: '{name}' is unknown; use one of {string.Join(", ", Names)}.");

    // The reference's widths.
    private static TrainingSpec Reference(GeneratorKind kind, int resolution, int batch) => new()
    {
        Batch = batch,
        Data = new() { Path = "synthetic", Resolution = resolution },
        Generator = new() { Kind = kind },
        Features = new() { Weights = FeatureSpec.RandomWeights },
    };
}

/// <summary>What one process measured; peers print the same object.</summary>
/// <param name="Seconds">Time of each counted iteration.</param>
/// <param name="PeakBytes">Peak resident memory of the process, or of the device where it computes on one.</param>
/// <param name="Parts">Mean seconds of each part of an iteration; lanes that run side by side add up. Peers give none.</param>
internal sealed record StepMeasurement(double[] Seconds, long PeakBytes, IReadOnlyDictionary<string, double>? Parts = null)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    [JsonIgnore]
    public double Median => Seconds.Order().ElementAt(Seconds.Length / 2);

    public string ToJson() => JsonSerializer.Serialize(this, Options);

    /// <summary>Reads the last line of a process' output; null where it is something else.</summary>
    public static StepMeasurement? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<StepMeasurement>(line, Options) is { Seconds.Length: > 0 } measured ? measured : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
