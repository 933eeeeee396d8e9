using ProjectedGan.Cli.Demo;
using ProjectedGan.Foundation;
using ProjectedGan.Specification;

namespace ProjectedGan.Cli.Benchmarks;

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
