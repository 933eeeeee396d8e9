namespace TorchSharp;

/// <summary>A number of a dynamic type: whole, floating-point or truth value.</summary>
public sealed class Scalar : IDisposable
{
    internal readonly ArgKind Kind;
    internal readonly long Bits;

    internal Scalar(ArgKind kind, long bits)
    {
        Kind = kind is ArgKind.Int or ArgKind.Double or ArgKind.Bool ? kind : throw new InvalidOperationException("The value is not a number.");
        Bits = bits;
    }

    public torch.ScalarType Type => Kind switch
    {
        ArgKind.Int => torch.ScalarType.Int64,
        ArgKind.Bool => torch.ScalarType.Bool,
        _ => torch.ScalarType.Float64,
    };

    internal double AsDouble => Kind == ArgKind.Double ? BitConverter.Int64BitsToDouble(Bits) : Bits;

    internal long AsInt64 => Kind == ArgKind.Double ? (long)BitConverter.Int64BitsToDouble(Bits) : Bits;

    public static implicit operator Scalar(byte value) => new(ArgKind.Int, value);
    public static implicit operator Scalar(sbyte value) => new(ArgKind.Int, value);
    public static implicit operator Scalar(short value) => new(ArgKind.Int, value);
    public static implicit operator Scalar(int value) => new(ArgKind.Int, value);
    public static implicit operator Scalar(long value) => new(ArgKind.Int, value);
    public static implicit operator Scalar(Half value) => new(ArgKind.Double, BitConverter.DoubleToInt64Bits((double)value));
    public static implicit operator Scalar(float value) => new(ArgKind.Double, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Scalar(double value) => new(ArgKind.Double, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Scalar(bool value) => new(ArgKind.Bool, value ? 1 : 0);

    /// <summary>Nothing native is held; the official type is disposable.</summary>
    public void Dispose()
    {
    }
}
