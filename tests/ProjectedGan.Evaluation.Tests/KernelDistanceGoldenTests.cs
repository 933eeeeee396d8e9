using ProjectedGan.Evaluation.Distances;
using ProjectedGan.Testing;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Tests;

public sealed class KernelDistanceGoldenTests
{
    [Theory]
    [GoldenCases("kid")]
    [GoldenGaps("kid")]
    public void KernelDistance_OnGoldenSubsets_MatchesReference(string id, GoldenPrecision precision)
    {
        using var scope = NewDisposeScope();
        GoldenRun golden = new(id, precision);
        KernelSubset[] subsets = [.. Indices(golden, "in/idx_gen").Zip(Indices(golden, "in/idx_real"), (gen, real) => new KernelSubset(gen, real))];

        Assert.Equal(golden.Case.Args.GetProperty("num_subsets").GetInt32(), subsets.Length);
        Assert.All(subsets, subset => Assert.Equal(golden.Case.Args.GetProperty("max_subset_size").GetInt32(), subset.Real.Count));
        golden.Compare("kid", KernelDistance.Between(golden.Given("in/gen"), golden.Given("in/real"), subsets));
        golden.Finish();
    }

    // One subset a row.
    private static IEnumerable<long[]> Indices(GoldenRun golden, string name)
    {
        var indices = golden.Given(name);
        return indices.data<long>().ToArray().Chunk((int)indices.shape[1]);
    }
}
