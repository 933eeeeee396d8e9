using System.Reflection;

namespace ProjectedGan.Testing;

/// <summary>Which test class runs the cases of each runner; a test compares this list with the manifest and with the assemblies.</summary>
public static class GoldenRunners
{
    /// <summary>Runner to full name of its test class, in the order of the manifest.</summary>
    public static IReadOnlyDictionary<string, string> TestClasses { get; } = new Dictionary<string, string>
    {
        ["fastgan"] = "ProjectedGan.Networks.Tests.Generators.FastGanGoldenTests",
        ["features"] = "ProjectedGan.Networks.Tests.Features.FeaturesGoldenTests",
        ["multid"] = "ProjectedGan.Networks.Tests.Discriminators.MultiScaleDiscriminatorGoldenTests",
        ["iteration"] = "ProjectedGan.Training.Tests.IterationGoldenTests",
        ["diffaug"] = "ProjectedGan.Data.Tests.DiffAugmentGoldenTests",
        ["blur"] = "ProjectedGan.Data.Tests.GaussianBlurGoldenTests",
        ["fid"] = "ProjectedGan.Evaluation.Tests.FrechetDistanceGoldenTests",
        ["kid"] = "ProjectedGan.Evaluation.Tests.KernelDistanceGoldenTests",
        ["pr"] = "ProjectedGan.Evaluation.Tests.PrecisionRecallGoldenTests",
        ["is"] = "ProjectedGan.Evaluation.Tests.InceptionScoreGoldenTests",
        ["inception"] = "ProjectedGan.Networks.Tests.Features.InceptionGoldenTests",
    };

    /// <summary>The cases of a runner as theory data: every case that is no exception, once in each precision.</summary>
    public static TheoryData<string, GoldenPrecision> Cases(string runner)
    {
        var data = new TheoryData<string, GoldenPrecision>();
        foreach (var item in GoldenFolder.Open().Manifest.Cases.Where(c => c.Runner == runner && GoldenExceptions.ReasonFor(c) is null))
        {
            data.Add(item.Id, GoldenPrecision.Float64);
            data.Add(item.Id, GoldenPrecision.Float32);
        }

        return data;
    }

    /// <summary>The listed classes of this test assembly's namespace that the assembly lacks, or that never ask for their cases.</summary>
    public static IReadOnlyList<string> MissingFrom(Assembly tests)
    {
        var prefix = tests.GetName().Name + ".";
        return [.. TestClasses.Values.Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && !HasTheory(tests.GetType(name)))];
    }

    private static bool HasTheory(Type? type) =>
        type?.GetMethods().Any(method => method.GetCustomAttribute<TheoryAttribute>() is not null) == true;
}
