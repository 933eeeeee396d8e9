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

public static class ScalarExtensionMethods
{
    public static Scalar ToScalar(this byte value) => value;
    public static Scalar ToScalar(this sbyte value) => value;
    public static Scalar ToScalar(this short value) => value;
    public static Scalar ToScalar(this int value) => value;
    public static Scalar ToScalar(this long value) => value;
    public static Scalar ToScalar(this Half value) => value;
    public static Scalar ToScalar(this float value) => value;
    public static Scalar ToScalar(this double value) => value;
    public static Scalar ToScalar(this bool value) => value;
    public static float ToSingle(this Scalar value) => (float)value.AsDouble;
    public static double ToDouble(this Scalar value) => value.AsDouble;
    public static Half ToHalf(this Scalar value) => (Half)value.AsDouble;
    public static sbyte ToSByte(this Scalar value) => checked((sbyte)value.AsInt64);
    public static byte ToByte(this Scalar value) => checked((byte)value.AsInt64);
    public static short ToInt16(this Scalar value) => checked((short)value.AsInt64);
    public static int ToInt32(this Scalar value) => checked((int)value.AsInt64);
    public static long ToInt64(this Scalar value) => value.AsInt64;
    public static bool ToBoolean(this Scalar value) => value.AsDouble != 0;
}
