using System.Runtime.InteropServices;
using Google.Protobuf;
using ProjectedGan.Foundation;
using ProjectedGan.Networks.Onnx.Messages;
using ProjectedGan.Tensors;
using static ProjectedGan.Networks.Onnx.Messages.AttributeProto.Types;
using static ProjectedGan.Networks.Onnx.Messages.TensorProto.Types;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Onnx;

/// <summary>A tensor of an <see cref="OnnxGraph"/>: an input, a constant or what an operator gives.</summary>
internal readonly record struct OnnxValue(string Name);

/// <summary>
/// Builds an ONNX model operator by operator (operator set 17, float32). What depends on weights alone is computed before, so that
/// the graph holds constants in its place.
/// </summary>
internal sealed class OnnxGraph
{
    private const int IntermediateRepresentation = 8;
    private const int OperatorSet = 17;

    // A protobuf message holds 2 GiB. What is no weight takes kilobytes.
    private const long MostWeightBytes = int.MaxValue - (16L << 20);

    private readonly GraphProto _graph = new() { Name = "generator" };
    private long _weightBytes;
    private int _values;

    /// <summary>An input [N, size].</summary>
    public OnnxValue Input(string name, long size)
    {
        _graph.Input.Add(Describe(name, size));
        return new OnnxValue(name);
    }

    /// <summary>Names a value as an output [N, …].</summary>
    public void Output(string name, OnnxValue value, params ReadOnlySpan<long> shape)
    {
        Add("Identity", [value], [new OnnxValue(name)]);
        _graph.Output.Add(Describe(name, shape));
    }

    /// <summary>A constant with a tensor's values, as float32.</summary>
    /// <exception cref="PganException">The model would be larger than an ONNX file can be.</exception>
    public OnnxValue Constant(Tensor values)
    {
        using var single = values.to_type(ScalarType.Float32);
        using var dense = TensorBytes.RowMajorOnCpu(single);
        _weightBytes += dense.NumberOfElements * sizeof(float);
        if (_weightBytes > MostWeightBytes)
        {
            throw new PganException(
                $"The generator has more than {MostWeightBytes:N0} bytes of weights, which is what an ONNX file holds; export it as .safetensors.");
        }

        return Constant(DataType.Float, dense.shape, TensorBytes.Span(dense));
    }

    /// <summary>A constant number.</summary>
    public OnnxValue Constant(double number) => Constant(DataType.Float, [], MemoryMarshal.AsBytes([(float)number]));

    public OnnxValue Add(OnnxValue first, OnnxValue second) => Node("Add", [first, second]);

    public OnnxValue Multiply(OnnxValue first, OnnxValue second) => Node("Mul", [first, second]);

    public OnnxValue Multiply(OnnxValue value, double factor) => factor == 1 ? value : Multiply(value, Constant(factor));

    /// <summary>One over the root of a value plus <paramref name="epsilon"/>.</summary>
    public OnnxValue InverseRoot(OnnxValue value, double epsilon) => Node("Reciprocal", [Node("Sqrt", [Add(value, Constant(epsilon))])]);

    public OnnxValue Sigmoid(OnnxValue value) => Node("Sigmoid", [value]);

    public OnnxValue Tanh(OnnxValue value) => Node("Tanh", [value]);

    public OnnxValue LeakyRelu(OnnxValue value, double slope) => Node("LeakyRelu", [value], Number("alpha", slope));

    public OnnxValue Clamp(OnnxValue value, double most) => Node("Clip", [value, Constant(-most), Constant(most)]);

    /// <summary>[N, A] and [N, B] to [N, A + B].</summary>
    public OnnxValue Concatenate(OnnxValue first, OnnxValue second) => Node("Concat", [first, second], Number("axis", 1));

    /// <summary>[N, C, …] to its mean [N, 1, …].</summary>
    public OnnxValue Mean(OnnxValue vectors) => Node("ReduceMean", [vectors], Numbers("axes", 1));

    /// <summary>[N, C] to [N, C, 1, 1].</summary>
    public OnnxValue AsMap(OnnxValue vectors) => Node("Unsqueeze", [vectors, Constant([2, 3])]);

    /// <summary>The rows of a table [K, C] that one-hot vectors [N, K] choose: [N, C].</summary>
    public OnnxValue Choose(Tensor table, OnnxValue oneHot) =>
        Node("Gather", [Constant(table), Node("ArgMax", [oneHot], Number("axis", 1), Number("keepdims", 0))]);

    /// <summary>[N, I] to [N, O].</summary>
    /// <param name="vectors">[N, I].</param>
    /// <param name="weight">[O, I].</param>
    /// <param name="bias">[O], or null.</param>
    public OnnxValue Linear(OnnxValue vectors, Tensor weight, Tensor? bias) =>
        Node("Gemm", bias is null ? [vectors, Constant(weight)] : [vectors, Constant(weight), Constant(bias)], Number("transB", 1));

    /// <summary>See <see cref="Convolutions.Apply"/>.</summary>
    public OnnxValue Convolve(OnnxValue map, Tensor weight, Tensor? bias, ConvolutionGeometry geometry) => Node(
        geometry.Transposed ? "ConvTranspose" : "Conv",
        bias is null ? [map, Constant(weight)] : [map, Constant(weight), Constant(bias)],
        Numbers("strides", geometry.Stride, geometry.Stride),
        Numbers("pads", geometry.Rows, geometry.Columns, geometry.Rows, geometry.Columns),
        Number("group", geometry.Groups));

    /// <summary>Batch normalisation in evaluation mode; each tensor is [C].</summary>
    public OnnxValue Normalize(
        OnnxValue map, (Tensor Mean, Tensor Variance) statistics, (Tensor Gain, Tensor Bias) affine, double epsilon) => Node(
        "BatchNormalization",
        [map, Constant(affine.Gain), Constant(affine.Bias), Constant(statistics.Mean), Constant(statistics.Variance)],
        Number("epsilon", epsilon));

    /// <summary>The first half of a map's channels times the sigmoid of the second.</summary>
    public OnnxValue Gate(OnnxValue map)
    {
        var (value, gate) = (Next(), Next());
        Add("Split", [map], [value, gate], Number("axis", 1));
        return Multiply(value, Sigmoid(gate));
    }

    /// <summary>A map of twice the side, by repetition.</summary>
    public OnnxValue Double(OnnxValue map) => Node(
        "Resize",
        [map, default, Constant(DataType.Float, [4], MemoryMarshal.AsBytes([1f, 1f, 2f, 2f]))],
        Text("mode", "nearest"), Text("coordinate_transformation_mode", "asymmetric"), Text("nearest_mode", "floor"));

    /// <summary>A map's means over squares of a side.</summary>
    public OnnxValue Pool(OnnxValue map, long side) =>
        side == 1 ? map : Node("AveragePool", [map], Numbers("kernel_shape", side, side), Numbers("strides", side, side));

    /// <summary>Writes the model.</summary>
    /// <param name="stream">Takes it.</param>
    /// <param name="metadata">Texts about it, by name.</param>
    public void Write(Stream stream, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        ModelProto model = new() { IrVersion = IntermediateRepresentation, ProducerName = "ProjectedGan.Distributed", Graph = _graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = OperatorSet });
        model.MetadataProps.Add(metadata.Select(entry => new StringStringEntryProto { Key = entry.Key, Value = entry.Value }));
        model.WriteTo(stream);
    }

    private static ValueInfoProto Describe(string name, params ReadOnlySpan<long> shape)
    {
        TensorShapeProto sizes = new() { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "N" } } };
        foreach (var size in shape)
        {
            sizes.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        }

        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new() { ElemType = DataType.Float, Shape = sizes } },
        };
    }

    private static AttributeProto Number(string name, long value) => new() { Name = name, I = value, Type = AttributeType.Int };

    private static AttributeProto Number(string name, double value) => new() { Name = name, F = (float)value, Type = AttributeType.Float };

    private static AttributeProto Numbers(string name, params long[] values) =>
        new() { Name = name, Ints = { values }, Type = AttributeType.Ints };

    private static AttributeProto Text(string name, string value) =>
        new() { Name = name, S = ByteString.CopyFromUtf8(value), Type = AttributeType.String };

    private OnnxValue Constant(ReadOnlySpan<long> numbers) =>
        Constant(DataType.Int64, [numbers.Length], MemoryMarshal.AsBytes(numbers));

    private OnnxValue Constant(DataType type, long[] shape, ReadOnlySpan<byte> bytes)
    {
        var value = Next();
        var data = ByteString.CopyFrom(bytes);
        _graph.Initializer.Add(new TensorProto { Name = value.Name, DataType = type, Dims = { shape }, RawData = data });
        return value;
    }

    private OnnxValue Node(string operation, OnnxValue[] inputs, params AttributeProto[] attributes)
    {
        var output = Next();
        Add(operation, inputs, [output], attributes);
        return output;
    }

    private void Add(string operation, OnnxValue[] inputs, OnnxValue[] outputs, params AttributeProto[] attributes) =>
        _graph.Node.Add(new NodeProto
        {
            Name = $"{operation}_{_graph.Node.Count}",
            OpType = operation,
            // An input that is left out has no name.
            Input = { inputs.Select(input => input.Name ?? "") },
            Output = { outputs.Select(output => output.Name) },
            Attribute = { attributes },
        });

    private OnnxValue Next() => new($"v{_values++}");
}
