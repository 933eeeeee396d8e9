using System.Security.Cryptography;
using ProjectedGan.AllReduce.Frames;
using ProjectedGan.AllReduce.Groups;
using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.AllReduce.StateTransfer;

/// <summary>Takes the frames of one transfer into a target's tensors. Used by one thread at a time.</summary>
internal sealed class StateReceiver(string source, StateImage target) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[]? _header;
    private int _tensor;
    private long _offset;
    private Tensor? _host;

    /// <summary>The source's header, once the transfer is complete and whole; null before.</summary>
    public byte[]? Result { get; private set; }

    /// <summary>Whether a frame, or the whole, was not what the source sent.</summary>
    public bool IsDamaged { get; private set; }

    /// <exception cref="CollectiveException">The frame is damaged, out of order, or does not fit the target.</exception>
    public void Accept(FrameBuffer frame)
    {
        var header = frame.Header;
        if (!frame.IsWhole)
        {
            throw Damaged("a frame's checksum differs");
        }
        if (header.Kind == FrameKind.StateHeader && _header is null)
        {
            Begin(header, frame.Payload);
        }
        else if (header.Kind == FrameKind.StateBytes && _header is not null && Result is null)
        {
            Fill(header, frame.Payload);
        }
        else if (header.Kind == FrameKind.StateEnd && _header is not null && Result is null)
        {
            End(frame.Payload);
        }
        else
        {
            throw Damaged($"a frame of kind {(byte)header.Kind} is out of order");
        }
    }

    public void Dispose()
    {
        _hash.Dispose();
        _host?.Dispose();
    }

    private void Begin(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.Bucket != target.Tensors.Count)
        {
            throw new CollectiveException($"The state of worker '{source}' has {header.Bucket} tensors, here are {target.Tensors.Count}.");
        }
        _header = payload.ToArray();
        _hash.AppendData(payload);
        SkipFull();
    }

    private void Fill(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.Bucket != _tensor || header.BucketElements != _offset || _tensor == target.Tensors.Count)
        {
            throw new CollectiveException(
                $"The state of worker '{source}' has other sizes: tensor {header.Bucket} at byte {header.BucketElements} came, tensor {_tensor} at byte {_offset} was to come.");
        }
        var tensor = target.Tensors[_tensor];
        _host ??= tensor.is_cpu() ? tensor.alias() : empty(tensor.shape, tensor.dtype);
        var (address, bytes) = TensorBytes.Memory(_host);
        if (_offset + payload.Length > bytes)
        {
            throw new CollectiveException($"Tensor {_tensor} of worker '{source}' is longer than the {bytes} bytes here.");
        }
        CopyTo(payload, address + (nint)_offset);
        _hash.AppendData(payload);
        _offset += payload.Length;
        SkipFull();
    }

    private static unsafe void CopyTo(ReadOnlySpan<byte> payload, nint address) => payload.CopyTo(new Span<byte>((void*)address, payload.Length));

    private void SkipFull()
    {
        while (_tensor < target.Tensors.Count && _offset == target.Tensors[_tensor].NumberOfElements * target.Tensors[_tensor].element_size())
        {
            if (_host is not null && !target.Tensors[_tensor].is_cpu())
            {
                target.Tensors[_tensor].copy_(_host);
            }
            _host?.Dispose();
            _host = null;
            _tensor++;
            _offset = 0;
        }
    }

    private void End(ReadOnlySpan<byte> payload)
    {
        if (_tensor != target.Tensors.Count)
        {
            throw new CollectiveException($"The state of worker '{source}' ended at tensor {_tensor} of {target.Tensors.Count}, byte {_offset}.");
        }
        Result = payload.SequenceEqual(_hash.GetHashAndReset()) ? _header : throw Damaged("its SHA-256 differs");
    }

    private CollectiveException Damaged(string how)
    {
        IsDamaged = true;
        return new CollectiveException($"The state of worker '{source}' was damaged on the way: {how}.");
    }
}
