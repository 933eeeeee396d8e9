using System.Globalization;
using ProjectedGan.Testing;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Tests;

/// <summary>Inputs and expected figures of the golden metric cases.</summary>
internal sealed class GoldenFeatures(string id, GoldenPrecision precision)
{
    private const double StrictTolerance = 1e-9;

    private readonly GoldenCase _case = GoldenFolder.Open().Case(id);

    public int Argument(string name) => _case.Args.GetProperty(name).GetInt32();

    /// <summary>A stored input as a tensor of the run's type.</summary>
    public Tensor Input(string name)
    {
        var file = GoldenFolder.Open().Outputs(_case);
        var type = precision == GoldenPrecision.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        return tensor(file.Values(name), file.Shape(name), dtype: ScalarType.Float64).to_type(type);
    }

    /// <summary>The rows of a stored index matrix.</summary>
    public long[][] Indices(string name)
    {
        var file = GoldenFolder.Open().Outputs(_case);
        return [.. file.Values(name).Select(value => (long)value).Chunk((int)file.Shape(name)[1])];
    }

    /// <summary>Compares with a stored vector or matrix.</summary>
    public void AssertStored(string name, Tensor actual)
    {
        var expected = GoldenFolder.Open().Outputs(_case).Values(name);
        var values = actual.to_type(ScalarType.Float64).data<double>().ToArray();
        Assert.Equal(expected.Length, values.Length);
        var difference = Norm(expected.Zip(values, (a, b) => a - b));
        Assert.True(difference <= StrictTolerance * Norm(expected), $"{id} {name}: relative error {difference / Norm(expected):G3}");
    }

    /// <summary>Compares with a figure: the float64 run's at 1e-9 relative, or the float32 run's at the manifest's tolerance.</summary>
    public void AssertValue(string name, double actual)
    {
        var output = _case.Outputs.Single(item => item.Name == name);
        if (precision == GoldenPrecision.Float64)
        {
            AssertClose(name, output.F64!.Value!.Value, actual, StrictTolerance);
            return;
        }

        var expected = output.Value!.Value;
        if (output.Tolerance!.RelativeL2 is { } relative)
        {
            AssertClose(name, expected, actual, relative);
        }

        Assert.True(Math.Abs(actual - expected) <= output.Tolerance.MaxAbs, Describe(name, expected, actual));
    }

    private void AssertClose(string name, double expected, double actual, double relative) =>
        Assert.True(Math.Abs(actual - expected) <= relative * Math.Abs(expected), Describe(name, expected, actual));

    private string Describe(string name, double expected, double actual) =>
        string.Create(CultureInfo.InvariantCulture, $"{id} {name}: expected {expected:R}, found {actual:R}");

    private static double Norm(IEnumerable<double> values) => Math.Sqrt(values.Sum(value => value * value));
}
