using System.Globalization;
using static TorchSharp.torch;

namespace ProjectedGan.Testing;

/// <summary>
/// One run of a golden case in one precision: gives its inputs, takes its outputs, and at the end fails with every difference
/// and every output of the reference that was never compared.
/// </summary>
public sealed class GoldenRun
{
    private readonly HashSet<string> _compared = [];
    private readonly List<string> _differences = [];

    /// <param name="identity">The folder's name and the case's, as <see cref="GoldenFolder.Identity"/> joins them.</param>
    /// <param name="precision">The arithmetic of the run.</param>
    public GoldenRun(string identity, GoldenPrecision precision)
    {
        (Folder, Case) = GoldenFolder.Find(identity);
        Precision = precision;
    }

    public GoldenFolder Folder { get; }

    public GoldenCase Case { get; }

    public GoldenPrecision Precision { get; }

    public ScalarType Dtype => Precision.ToScalarType();

    /// <summary>The module that an argument of the case names.</summary>
    public GoldenModuleSpec Module(string argument = "module") => Folder.Module(Case.Args.GetProperty(argument).GetString()!);

    private GoldenFile Stored => Folder.Outputs(Case);

    public bool HasInput(string name) => Case.Inputs.ContainsKey(name);

    /// <summary>An input tensor: floating inputs and one-hot labels in the run's dtype, <c>randint</c> int64, <c>uint8</c> bytes.</summary>
    public Tensor Input(string name)
    {
        if (!Case.Inputs.TryGetValue(name, out var input))
        {
            throw new InvalidDataException($"Golden case '{Case.Id}' has no input '{name}'.");
        }

        var fill = Folder.Fill;
        var count = input.Shape.Aggregate(1L, (a, b) => a * b);
        return input.Kind switch
        {
            "uniform" => tensor(fill.Uniform(name, count, input.Scale, input.Offset), input.Shape).to_type(Dtype),
            "onehot" => tensor(fill.OneHot(name, input.Shape[0], input.Shape[1], input.Classes), input.Shape).to_type(Dtype),
            "randint" => tensor(fill.Integers(name, count, input.Low, input.High), input.Shape),
            "uint8" => tensor(fill.Bytes(name, count), input.Shape),
            _ => throw new InvalidDataException($"Golden case '{Case.Id}': input '{name}' has the unknown kind '{input.Kind}'."),
        };
    }

    /// <summary>A tensor that the case stores for this run to begin with, such as <c>in/real</c>; floating ones in the run's dtype.</summary>
    public Tensor Given(string name)
    {
        var output = Find(name);
        var values = Stored.Values(output.Key);
        if (values.Length != output.Shape.Aggregate(1L, (a, b) => a * b))
        {
            throw new InvalidDataException($"Golden case '{Case.Id}' stores only a sample of its input '{name}'.");
        }

        return tensor(values, output.Shape, dtype: ScalarType.Float64).to_type(output.Dtype == "int64" ? ScalarType.Int64 : Dtype);
    }

    /// <summary>The reference's shape of an output, or null where it stores none of that name.</summary>
    public long[]? ShapeOf(string name) => Case.Outputs.Find(output => output.Name == name)?.Shape;

    /// <summary>Compares an output. A tensor's dtype must be the run's, unless the reference's is integral.</summary>
    public void Compare(string name, Tensor actual)
    {
        var output = Find(name);
        if (output.Dtype is not ("int64" or "uint8") && actual.dtype != Dtype)
        {
            Report($"{name}: dtype is {actual.dtype}; the run's is {Dtype}.");
            return;
        }

        if (!actual.shape.SequenceEqual(output.Shape))
        {
            Report($"{name}: shape is [{string.Join(", ", actual.shape)}]; the reference's is [{string.Join(", ", output.Shape)}].");
            return;
        }

        using var values = actual.detach().cpu().to_type(ScalarType.Float64).contiguous();
        Compare(output.Shape.Length == 0 ? AmongItsLike(output) : output, values.data<double>().ToArray());
    }

    // A gradient of one number is a sum whose terms may cancel, and then a share of what is left says nothing: in float32 those of one kind in
    // one gradient, such as the strengths of the noise, are bounded by the same error.
    private GoldenOutput AmongItsLike(GoldenOutput output)
    {
        var (folder, kind) = (output.Name[..(output.Name.LastIndexOf('/') + 1)], output.Name[(output.Name.LastIndexOf('.') + 1)..]);
        var like = Case.Outputs.Where(other => other.Kinks == output.Kinks && other.Shape.Length == 0 && other.Name.StartsWith(folder, StringComparison.Ordinal)
            && other.Name.EndsWith('.' + kind, StringComparison.Ordinal)).ToArray();
        return output.Tolerance is null || output.Kinks is null || like.Length == 0 ? output : output with
        {
            Tolerance = new GoldenTolerance { MaxAbs = like.Max(other => other.Tolerance?.MaxAbs), RelativeL2 = null },
        };
    }

    /// <summary>Compares the sum of an output's elements times weights.</summary>
    /// <remarks>
    /// In float32 it may also be off by what that output's own tolerance lets independent roundings add up to: terms cancel, and the
    /// manifest's figure is a multiple of the one error that the reference's own sum happened to have.
    /// </remarks>
    public void CompareWeightedSum(string name, Tensor sum, string of, Tensor weights)
    {
        var (output, terms) = (Find(name), Find(of));
        var reach = (terms.Tolerance?.RelativeL2 ?? 0) * terms.L2 * weights.to_type(ScalarType.Float64).square().mean().sqrt().item<double>();
        Compare(
            output with
            {
                Tolerance = new GoldenTolerance
                {
                    MaxAbs = Math.Max(output.Tolerance?.MaxAbs ?? 0, reach),
                    RelativeL2 = Math.Max(output.Tolerance?.RelativeL2 ?? 0, reach / output.L2),
                },
            },
            [sum.to_type(ScalarType.Float64).item<double>()]);
    }

    /// <summary>Compares an output given as numbers in C order.</summary>
    public void Compare(string name, params double[] actual) => Compare(Find(name), actual);

    private void Compare(GoldenOutput output, double[] actual)
    {
        var difference = GoldenComparison.Difference(output, Stored, actual, Precision);
        if (difference is not null)
        {
            Report(difference);
        }
    }

    /// <summary>Marks outputs as not comparable by this run, with the reason visible at the call.</summary>
    public void Skip(Func<GoldenOutput, bool> which) =>
        _compared.UnionWith(Case.Outputs.Where(which).Select(output => output.Name));

    /// <summary>Names of the outputs that start with a prefix, without it.</summary>
    public IEnumerable<string> OutputsUnder(string prefix) => Case.Outputs
        .Where(output => output.Name.StartsWith(prefix, StringComparison.Ordinal))
        .Select(output => output.Name[prefix.Length..]);

    /// <summary>Ends the run: fails with all differences.</summary>
    public void Finish()
    {
        _differences.AddRange(Case.Outputs.Where(output => !_compared.Contains(output.Name)).Select(output => $"{output.Name}: never compared."));
        var text = string.Create(CultureInfo.InvariantCulture, $"{Folder.Identity(Case)} in {Precision}: {_differences.Count} differences\n");
        Assert.True(_differences.Count == 0, text + string.Join('\n', _differences.Take(40)));
    }

    private GoldenOutput Find(string name)
    {
        _compared.Add(name);
        return Case.Outputs.Find(output => output.Name == name)
            ?? throw new InvalidDataException($"Golden case '{Case.Id}' has no output '{name}'.");
    }

    private void Report(string difference) => _differences.Add(difference);
}
