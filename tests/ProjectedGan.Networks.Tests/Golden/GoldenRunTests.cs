using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using ProjectedGan.Testing;
using Xunit.Sdk;

namespace ProjectedGan.Networks.Tests.Golden;

/// <summary>The comparison itself must be able to fail, whatever a folder's sizes.</summary>
public sealed class GoldenRunTests : IDisposable
{
    private static readonly double[] Reference = [.. Enumerable.Range(0, 1000).Select(i => Math.Sin(i))];

    private readonly string _folder = Directory.CreateTempSubdirectory("pgan-golden").FullName;

    [Theory]
    [InlineData(GoldenPrecision.Float64, 0.0, true)]
    [InlineData(GoldenPrecision.Float64, 1e-8, false)]
    [InlineData(GoldenPrecision.Float32, 1e-4, true)]
    [InlineData(GoldenPrecision.Float32, 1e-2, false)]
    public void Difference_RelativeError_IsReportedAboveTheTolerance(GoldenPrecision precision, double error, bool accepted)
    {
        var actual = Array.ConvertAll(Reference, value => value * (1 + error));

        Assert.Equal(accepted, GoldenComparison.Difference(Output(1), File(1, 1000), actual, precision) is null);
    }

    [Theory]
    [InlineData(1, 300)]
    [InlineData(3, 334)]
    [InlineData(3, 300)]
    [InlineData(999, 2)]
    public void Difference_OfAStoredSample_ReadsItsStrideAndCount(int stride, int count)
    {
        var wrong = Reference.ToArray();
        wrong[(count - 1) * stride] += 0.1;

        Assert.Null(GoldenComparison.Difference(Output(stride), File(stride, count), Reference, GoldenPrecision.Float64));
        Assert.StartsWith("out: relative l2 error of the sample",
            GoldenComparison.Difference(Output(stride), File(stride, count), wrong, GoldenPrecision.Float64), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("full", 1, 500)]
    [InlineData("sample", 3, 335)]
    public void Difference_OfAFileThatCannotBeTheOutputs_Fails(string stored, int stride, int count) =>
        Assert.Throws<InvalidDataException>(() => GoldenComparison.Difference(
            Output(stride) with { Stored = stored }, File(1, count), Reference, GoldenPrecision.Float64));

    [Fact]
    public void Difference_OfAnotherShape_IsReported() =>
        Assert.Equal("out: 999 elements; the reference has shape [10, 100].",
            GoldenComparison.Difference(Output(1), File(1, 1000), Reference[1..], GoldenPrecision.Float64));

    [Theory]
    [InlineData(null, false)]
    [InlineData("adam-sign", false)]
    [InlineData("relu", true)]
    public void Difference_OfOneElementBehindAKink_IsBoundedByTheL2Tolerance(string? kinks, bool accepted)
    {
        var flipped = Reference.ToArray();
        flipped[3] += 5e-3;
        flipped[4] -= 5e-3;

        Assert.Equal(accepted, GoldenComparison.Difference(Output(1) with { Kinks = kinks }, File(1, 1000), flipped, GoldenPrecision.Float32) is null);
    }

    [Fact]
    public void Difference_NotANumber_IsReported()
    {
        var actual = Reference.ToArray();
        actual[3] = double.NaN;

        Assert.Equal("out: not finite.", GoldenComparison.Difference(Output(1), File(1, 1000), actual, GoldenPrecision.Float32));
    }

    [Fact]
    public void Finish_OutputsNeverCompared_Fails()
    {
        var folder = GoldenFolder.All[0];
        var run = new GoldenRun(folder.Identity(folder.Manifest.Cases[0]), GoldenPrecision.Float64);

        var error = Assert.Throws<TrueException>(run.Finish);

        Assert.Contains($"{run.Case.Outputs[0].Name}: never compared.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_WithoutACategory_GivesOneSkippedRowInPlaceOfNone()
    {
        var folder = Folder("""{"id":"a","file":"a.safetensors","runner":"blur","args":{"sigma":1},"outputs":[]}""");

        Assert.Equal([$"{folder.Name} has no case of 'kid'.", GoldenPrecision.Float64], Assert.Single(GoldenGapsAttribute.Rows([folder], "kid")));
        Assert.Empty(GoldenCasesAttribute.Rows([folder], "kid"));
        Assert.Empty(GoldenGapsAttribute.Rows([folder], "blur"));
        Assert.Equal(2, GoldenCasesAttribute.Rows([folder], "blur").Count());
    }

    [Fact]
    public void Folder_WithNulls_ReadsThemAsAbsent()
    {
        var folder = Folder("""
            {"id":"a","file":"a.safetensors","runner":"iteration","args":{"G":"g","ema_rampup":null,"noise":null},"meta":null,
             "inputs":{"input:z":{"shape":[2],"kind":"uniform","scale":null,"classes":null}},
             "outputs":[{"name":"o","key":"o","shape":[],"dtype":"float32","stored":"full","stride":null,"mean":null,"tol":{"rel_l2":null,"max_abs":1}}]}
            """);
        var item = folder.Case("a");

        Assert.Equal(7, item.Args.Real("ema_rampup", 7));
        Assert.False(item.Args.Flag("noise"));
        Assert.Equal((1.0, 0), (item.Inputs["input:z"].Scale, item.Inputs["input:z"].Classes));
        Assert.Equal((1, 0.0, null), (item.Outputs[0].Stride, item.Outputs[0].Mean, item.Outputs[0].Tolerance!.RelativeL2));
        Assert.Empty(item.MetaNames("params_without_grad"));
    }

    [Fact]
    public void Folder_ThatIsMissing_NamesTheVariable()
    {
        var error = Assert.Throws<InvalidDataException>(() => GoldenFolder.Read(Path.Combine(_folder, "nowhere")));

        Assert.Contains("nowhere/manifest.json' is missing; point PGAN_GOLDEN at a folder", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static GoldenOutput Output(int stride) => new()
    {
        Name = "out",
        Key = "out",
        Shape = [10, 100],
        Dtype = "float64",
        Stored = "sample",
        Stride = stride,
        Mean = Reference.Average(),
        Std = Math.Sqrt(Reference.Average(value => value * value) - (Reference.Average() * Reference.Average())),
        L2 = Math.Sqrt(Reference.Sum(value => value * value)),
        F64 = new GoldenDouble { MaxAbs = Reference.Max(Math.Abs) },
        Tolerance = new GoldenTolerance { RelativeL2 = 1e-3, MaxAbs = 1e-3 },
    };

    private GoldenFolder Folder(string item)
    {
        System.IO.File.WriteAllText(Path.Combine(_folder, "manifest.json"), $$$"""
            {"format":"projected-gan-golden/1","suffix":"#x","modules":{"g":{"builder":"fastgan","args":{},"state_dict":[]}},"cases":[{{{item}}}]}
            """);
        return GoldenFolder.Read(_folder);
    }

    // A safetensors file of one tensor.
    private GoldenFile File(int stride, int count)
    {
        double[] values = [.. Enumerable.Range(0, count).Select(i => Reference[i * stride])];
        var header = Encoding.UTF8.GetBytes($$$"""{"out":{"dtype":"F64","shape":[{{{count}}}],"data_offsets":[0,{{{count * sizeof(double)}}}]}}""");
        var length = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        var path = Path.Combine(_folder, "out.safetensors");
        System.IO.File.WriteAllBytes(path, [.. length, .. header, .. MemoryMarshal.AsBytes<double>(values)]);
        return GoldenFile.Read(path);
    }
}
