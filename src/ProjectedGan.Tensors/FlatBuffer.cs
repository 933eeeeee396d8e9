using static TorchSharp.torch;

namespace ProjectedGan.Tensors;

/// <summary>Many tensors in one contiguous tensor: what is reduced, sent, updated and averaged as a whole.</summary>
/// <remarks>
/// The members lie one after another in list order without padding, each in its own memory order (row-major, or channels-last where the
/// member is). Parameters that alias a flat tensor keep their identity and their <c>requires_grad</c>; several copies of a module may alias
/// the same flat tensor. Autograd does not notice an update made through the flat tensor: run it between a backward pass and the next
/// forward pass only. Not thread-safe.
/// </remarks>
public sealed class FlatBuffer : IDisposable
{
    private readonly Tensor[] _views;

    /// <summary>Copies the tensors into a new flat tensor; they themselves stay as they are (see <see cref="Alias"/>).</summary>
    /// <param name="tensors">At least one tensor; all of one dtype and device, none with gaps between its elements.</param>
    /// <exception cref="ArgumentException">The list is empty or its members disagree.</exception>
    public FlatBuffer(IReadOnlyList<Tensor> tensors)
        : this(Allocate(tensors), tensors)
    {
        using var noGrad = no_grad();
        foreach (var (view, tensor) in _views.Zip(tensors))
        {
            view.copy_(tensor);
        }
    }

    private FlatBuffer(Tensor flat, IReadOnlyList<Tensor> like)
    {
        Flat = flat;
        _views = [.. Split(flat, like).Select(view => view.DetachFromDisposeScope())];
    }

    /// <summary>The flat tensor [total number of elements].</summary>
    public Tensor Flat { get; }

    /// <summary>The members as views into <see cref="Flat"/>, in list order and with their shapes.</summary>
    public IReadOnlyList<Tensor> Views => _views;

    /// <summary>A buffer with the same members over other values, on any device: gradients, moments, averages, copies.</summary>
    /// <param name="flat">Contiguous, of the length of <see cref="Flat"/>; the new buffer's own from now on.</param>
    public FlatBuffer Over(Tensor flat) => new(flat.DetachFromDisposeScope(), _views);

    /// <summary>Makes each tensor's storage its part of <see cref="Flat"/>, whose values and memory order it takes on.</summary>
    /// <param name="tensors">The constructor's list, or that of another copy of the same module.</param>
    /// <exception cref="ArgumentException">Count, shapes, dtype or device differ from this buffer's.</exception>
    public void Alias(IReadOnlyList<Tensor> tensors)
    {
        if (tensors.Count != _views.Length)
        {
            throw new ArgumentException($"The flat buffer has {_views.Length} members; {tensors.Count} tensors cannot alias it.", nameof(tensors));
        }

        using var noGrad = no_grad();
        foreach (var (member, tensor, view) in Enumerable.Range(0, _views.Length).Zip(tensors, _views))
        {
            if (!tensor.shape.SequenceEqual(view.shape) || tensor.dtype != view.dtype || tensor.device_type != view.device_type)
            {
                throw new ArgumentException(
                    $"A tensor {tensor.dtype} [{string.Join(", ", tensor.shape)}] on {tensor.device} cannot alias member {member}, "
                    + $"{view.dtype} [{string.Join(", ", view.shape)}] on {view.device}.", nameof(tensors));
            }

            tensor.set_(view);
        }
    }

    /// <summary>Views of consecutive parts of a flat tensor with the shapes and memory orders of the given tensors.</summary>
    /// <param name="flat">Contiguous [total number of elements].</param>
    /// <param name="like">The layout's members in order.</param>
    /// <returns>Views that the caller disposes.</returns>
    public static IEnumerable<Tensor> Split(Tensor flat, IEnumerable<Tensor> like)
    {
        var offset = flat.storage_offset();
        foreach (var member in like)
        {
            yield return flat.as_strided(member.shape, member.stride(), offset);
            offset += member.NumberOfElements;
        }
    }

    public void Dispose()
    {
        foreach (var view in _views)
        {
            view.Dispose();
        }

        Flat.Dispose();
    }

    private static Tensor Allocate(IReadOnlyList<Tensor> tensors)
    {
        if (tensors.Count == 0)
        {
            throw new ArgumentException("A flat buffer needs at least one tensor.", nameof(tensors));
        }

        var first = tensors[0];
        for (var i = 0; i < tensors.Count; i++)
        {
            var tensor = tensors[i];
            if (tensor.dtype != first.dtype || tensor.device_type != first.device_type)
            {
                throw new ArgumentException(
                    $"Flat buffer: tensor {i} is {tensor.dtype} on {tensor.device}, the first {first.dtype} on {first.device}; they must agree.", nameof(tensors));
            }

            if (!tensor.is_contiguous() && !ChannelsLast.Is(tensor))
            {
                throw new ArgumentException(
                    $"Flat buffer: tensor {i} has strides [{string.Join(", ", tensor.stride())}] for shape [{string.Join(", ", tensor.shape)}], "
                    + "neither row-major nor channels-last; make it contiguous first.", nameof(tensors));
            }
        }

        return empty([tensors.Sum(tensor => tensor.NumberOfElements)], dtype: first.dtype, device: first.device).DetachFromDisposeScope();
    }
}
