using System.Collections.Concurrent;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Tensors;

/// <summary>Numbers as libtorch's operators take them, which live as long as the process: one for each value.</summary>
/// <remarks>
/// TorchSharp 0.107 turns a number that it is handed into a native one, gives libtorch only its address, and leaves it to the
/// finalizer. A garbage collection in that moment frees what libtorch is about to read: it fails, or computes with another number.
/// The same happens inside <c>a + b</c> and <c>a.add_(b)</c>, whose factor of b is a number. So no number is handed over as it is: a
/// constant goes through <see cref="Of(double)"/>, one that changes from call to call is the caller's,
/// <c>using var rate = value.ToScalar()</c>, and tensors are added by <see cref="Plus(Tensor, Tensor)"/> and <see cref="AddInPlace(Tensor, Tensor)"/>.
/// </remarks>
public static class Scalars
{
    private static readonly ConcurrentDictionary<long, Scalar> Integers = new();
    private static readonly ConcurrentDictionary<double, Scalar> Fractions = new();

    /// <summary>An integer, which leaves a tensor of integers one.</summary>
    public static Scalar Of(long value) => Integers.GetOrAdd(value, ScalarExtensionMethods.ToScalar);

    /// <summary>A floating-point number.</summary>
    public static Scalar Of(double value) => Fractions.GetOrAdd(value, ScalarExtensionMethods.ToScalar);

    /// <summary>a + b.</summary>
    public static Tensor Plus(this Tensor a, Tensor b) => a.add(b, Of(1));

    /// <summary>a + b.</summary>
    public static Tensor Plus(this Tensor a, Scalar b) => a.add(b, Of(1));

    /// <summary>a += b.</summary>
    public static Tensor AddInPlace(this Tensor a, Tensor b) => a.add_(b, Of(1));

    /// <summary>a += b.</summary>
    public static Tensor AddInPlace(this Tensor a, Scalar b) => a.add_(b, Of(1));
}
