using System.Reflection;

namespace ProjectedGan.Testing;

/// <summary>Which test class runs the cases of each runner; a test compares this list with the manifest and with the assemblies.</summary>
public static class GoldenRunners
{
    /// <summary>Runner to full name of its test class, in the order of the manifest.</summary>
    public static IReadOnlyDictionary<string, string> TestClasses { get; } = new Dictionary<string, string>
    {
        ["fastgan"] = "ProjectedGan.Networks.Tests.Generators.FastGanGoldenTests",
        ["stylegan2"] = "ProjectedGan.Networks.Tests.Generators.StyleGan2GoldenTests",
        ["features"] = "ProjectedGan.Networks.Tests.Features.FeaturesGoldenTests",
        ["multid"] = "ProjectedGan.Networks.Tests.Discriminators.MultiScaleDiscriminatorGoldenTests",
        ["iteration"] = "ProjectedGan.Training.Tests.IterationGoldenTests",
        ["diffaug"] = "ProjectedGan.Training.Tests.DiffAugmentGoldenTests",
        ["blur"] = "ProjectedGan.Training.Tests.GaussianBlurGoldenTests",
        ["fid"] = "ProjectedGan.Evaluation.Tests.FrechetDistanceGoldenTests",
        ["kid"] = "ProjectedGan.Evaluation.Tests.KernelDistanceGoldenTests",
        ["pr"] = "ProjectedGan.Evaluation.Tests.PrecisionRecallGoldenTests",
        ["is"] = "ProjectedGan.Evaluation.Tests.InceptionScoreGoldenTests",
        ["inception"] = "ProjectedGan.Networks.Tests.Features.InceptionGoldenTests",
    };

    /// <summary>The listed classes of this test assembly's namespace that it lacks, or that take other cases, or hide what they cannot run.</summary>
    public static IReadOnlyList<string> MissingFrom(Assembly tests)
    {
        var prefix = tests.GetName().Name + ".";
        return [.. TestClasses
            .Where(item => item.Value.StartsWith(prefix, StringComparison.Ordinal) && !HasTheory(tests.GetType(item.Value), item.Key))
            .Select(item => item.Value)];
    }

    private static bool HasTheory(Type? type, string runner) => type?.GetMethods().Any(method =>
        method.GetCustomAttribute<GoldenCasesAttribute>()?.Runner == runner && method.GetCustomAttribute<GoldenGapsAttribute>()?.Runner == runner) == true;
}
