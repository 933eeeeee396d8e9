using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights.PyTorch;

/// <summary>An open PyTorch file. Only its pickle was read; tensor bytes are read when asked for.</summary>
public sealed class TorchPickleFile : WeightSource
{
    private readonly ITorchStorageBytes _storages;
    private readonly TorchTensor[] _tensors;

    internal TorchPickleFile(string path, string format, ITorchStorageBytes storages, PickledTensors tensors)
        : base(path, [.. tensors.Found.Select(named => Info(named.Name, named.Tensor))], tensors.Settings)
    {
        Format = format;
        _storages = storages;
        _tensors = [.. tensors.Found.Select(named => named.Tensor)];
        foreach (var tensor in _tensors)
        {
            CheckStored(tensor.Storage);
        }
    }

    public override string Format { get; }

    private protected override void Read(int index, long offset, Span<byte> destination)
    {
        var (storage, layout) = _tensors[index];
        var elementBytes = storage.Type.ElementBytes();
        var start = (storage.Start + layout.Offset) * elementBytes;
        if (layout.IsContiguous)
        {
            _storages.Read(storage.Key, start + offset, destination);
            return;
        }
        var window = (layout.End - layout.Offset) * elementBytes;
        if (window > Array.MaxLength)
        {
            throw new InvalidDataException($"its elements are strewn over {window} bytes; save it with .contiguous() instead.");
        }
        var bytes = new byte[window];
        _storages.Read(storage.Key, start, bytes);
        layout.Gather(bytes, elementBytes, offset / elementBytes, destination);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _storages.Dispose();
        }
        base.Dispose(disposing);
    }

    private static WeightInfo Info(string name, TorchTensor tensor) => new(name, tensor.Storage.Type, tensor.Layout.Shape);

    private void CheckStored(TorchStorage storage)
    {
        var length = _storages.Length(storage.Key);
        var needed = (storage.Start + storage.Elements) * storage.Type.ElementBytes();
        if (length < needed)
        {
            throw new WeightFileException(length < 0
                ? $"'{Path}' is no readable PyTorch file: it lacks storage '{storage.Key}'."
                : $"'{Path}' is no readable PyTorch file: storage '{storage.Key}' has {length} bytes, {needed} are needed.");
        }
    }
}

/// <summary>The raw bytes of a PyTorch file's storages by key.</summary>
internal interface ITorchStorageBytes : IDisposable
{
    /// <summary>Bytes that are stored under a key; -1 where the file lacks it.</summary>
    long Length(string key);

    /// <summary>Reads bytes of a storage; any thread.</summary>
    void Read(string key, long offset, Span<byte> destination);
}
