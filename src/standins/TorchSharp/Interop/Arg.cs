using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Kinds of values that cross to an operator; the numbers are the native half's.</summary>
internal enum ArgKind
{
    None,
    Tensor,
    Int,
    Double,
    Bool,
    Ints,
    Doubles,
    Tensors,
    OptionalTensors,
    String,
    Device,
    Generator,
}

/// <summary>One argument of an operator. Lists and tensors travel as references until the call, which pins or copies them.</summary>
internal readonly struct Arg
{
    public readonly ArgKind Kind;
    public readonly long Bits;
    public readonly object? Reference;

    public static Arg None => default;

    public Arg(ArgKind kind, long bits, object? reference = null)
    {
        Kind = kind;
        Bits = bits;
        Reference = reference;
    }

    public static Arg Optional(Tensor?[] tensors) => new(ArgKind.OptionalTensors, 0, tensors);

    public static implicit operator Arg(Tensor? value) => value is null ? default : new(ArgKind.Tensor, 0, value);
    public static implicit operator Arg(Scalar? value) => value is null ? default : new(value.Kind, value.Bits);
    public static implicit operator Arg(int value) => new(ArgKind.Int, value);
    public static implicit operator Arg(long value) => new(ArgKind.Int, value);
    public static implicit operator Arg(float value) => new(ArgKind.Double, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Arg(double value) => new(ArgKind.Double, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Arg(bool value) => new(ArgKind.Bool, value ? 1 : 0);
    public static implicit operator Arg(ScalarType value) => new(ArgKind.Int, (long)value);
    public static implicit operator Arg(int? value) => value is { } given ? given : default(Arg);
    public static implicit operator Arg(long? value) => value is { } given ? given : default(Arg);
    public static implicit operator Arg(double? value) => value is { } given ? given : default(Arg);
    public static implicit operator Arg(bool? value) => value is { } given ? given : default(Arg);
    public static implicit operator Arg(ScalarType? value) => value is { } given ? given : default(Arg);
    public static implicit operator Arg(long[]? value) => value is null ? default : new(ArgKind.Ints, 0, value);
    public static implicit operator Arg(double[]? value) => value is null ? default : new(ArgKind.Doubles, 0, value);
    public static implicit operator Arg(Tensor[] value) => new(ArgKind.Tensors, 0, value);
    public static implicit operator Arg(string? value) => value is null ? default : new(ArgKind.String, 0, value);
    public static implicit operator Arg(Device? value) => value is null ? default : new(ArgKind.Device, value.Bits);
    public static implicit operator Arg(Generator? value) => value is null ? default : new(ArgKind.Generator, value.Handle, value);
}
