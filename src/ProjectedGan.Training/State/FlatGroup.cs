using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.Training.State;

/// <summary>Named tensors that lie in one flat tensor; there may be none.</summary>
internal sealed class FlatGroup : IDisposable
{
    private readonly FlatBuffer? _buffer;
    private readonly Tensor _flat;

    private FlatGroup(IReadOnlyList<string> names, FlatBuffer? buffer)
    {
        Names = names;
        _buffer = buffer;
        _flat = buffer?.Flat ?? empty(0).DetachFromDisposeScope();
    }

    public IReadOnlyList<string> Names { get; }

    /// <summary>All values, one-dimensional; of length 0 for an empty group.</summary>
    public Tensor Flat => _flat;

    public long Length => _flat.NumberOfElements;

    public IReadOnlyList<Tensor> Views => _buffer?.Views ?? [];

    /// <summary>The names with their views into the flat tensor.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> Named => Names.Zip(Views);

    /// <summary>Moves the tensors' storage into a new flat tensor; they keep their values.</summary>
    public static FlatGroup Adopt(IReadOnlyList<(string Name, Tensor Tensor)> tensors)
    {
        if (tensors.Count == 0)
        {
            return new FlatGroup([], null);
        }
        Tensor[] members = [.. tensors.Select(member => member.Tensor)];
        var buffer = new FlatBuffer(members);
        buffer.Alias(members);
        return new FlatGroup([.. tensors.Select(member => member.Name)], buffer);
    }

    /// <summary>Makes the tensors of another copy of the module use this group's storage.</summary>
    public void Share(IReadOnlyList<(string Name, Tensor Tensor)> tensors)
    {
        if (!tensors.Select(member => member.Name).SequenceEqual(Names))
        {
            throw new ArgumentException("The tensors are not those of the same module.", nameof(tensors));
        }
        _buffer?.Alias([.. tensors.Select(member => member.Tensor)]);
    }

    /// <summary>A group of the same layout with storage and values of its own.</summary>
    public FlatGroup Clone() => Copy(_flat, _flat.device);

    /// <summary>A group of the same layout with a copy of other values, in the host's memory.</summary>
    /// <param name="flat">Of the length of <see cref="Flat"/>.</param>
    public FlatGroup HostCopy(Tensor flat) => Copy(flat, CPU);

    /// <summary>Takes over the values of a group of the same layout.</summary>
    public void CopyFrom(FlatGroup source) => CopyFrom(source.Flat);

    /// <summary>Takes over the values of a flat tensor of the same layout.</summary>
    public void CopyFrom(Tensor flat)
    {
        if (_buffer is not null)
        {
            using var noGrad = no_grad();
            _flat.copy_(flat);
        }
    }

    public void Dispose()
    {
        _buffer?.Dispose();
        _flat.Dispose();
    }

    private FlatGroup Copy(Tensor flat, Device device)
    {
        using var noGrad = no_grad();
        return new FlatGroup(Names, _buffer?.Over(flat.to(device, copy: true)));
    }
}
