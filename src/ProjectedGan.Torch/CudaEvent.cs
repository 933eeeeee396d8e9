using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace ProjectedGan.Torch;

/// <summary>A mark in a CUDA stream that others can wait for, and a stopwatch between two marks.</summary>
public sealed partial class CudaEvent : IDisposable
{
    private nint _handle;

    /// <param name="device">CUDA device.</param>
    /// <param name="withTiming">Whether <see cref="ElapsedSince"/> is wanted; events without it are cheaper.</param>
    /// <exception cref="PganException">CUDA cannot be used; the message says why.</exception>
    public CudaEvent(Device device, bool withTiming = false) =>
        Native.Check(Create(CudaStream.RequireCuda(device), withTiming ? 1 : 0, out _handle));

    ~CudaEvent() => Release();

    /// <summary>Whether all work before the mark is done; true before the first <see cref="Record(CudaStream?)"/>.</summary>
    public bool IsComplete
    {
        get
        {
            Native.Check(Query(Handle, out var complete));
            return complete != 0;
        }
    }

    private nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(CudaEvent));

    /// <summary>Puts the mark behind the work queued so far.</summary>
    /// <param name="stream">Null: the calling thread's current stream.</param>
    public void Record(CudaStream? stream = null) => Native.Check(Record(Handle, stream?.Handle ?? 0));

    /// <summary>Lets the later work of a stream wait for the mark; the calling thread does not wait.</summary>
    /// <param name="stream">Null: the calling thread's current stream.</param>
    public void Block(CudaStream? stream = null) => Native.Check(Block(Handle, stream?.Handle ?? 0));

    /// <summary>Waits until all work before the mark is done.</summary>
    public void Synchronize() => Native.Check(Synchronize(Handle));

    /// <summary>Time on the device between two marks; both events need timing and must be complete.</summary>
    public TimeSpan ElapsedSince(CudaEvent start)
    {
        Native.Check(Elapsed(start.Handle, Handle, out var milliseconds));
        return TimeSpan.FromMilliseconds(milliseconds);
    }

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        if (_handle != 0)
        {
            _ = Free(_handle);
            _handle = 0;
        }
    }

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_cuda_event_create")]
    private static partial int Create(int device, int withTiming, out nint created);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_cuda_event_dispose")]
    private static partial int Free(nint disposed);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_cuda_event_record")]
    private static partial int Record(nint mark, nint stream);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_cuda_event_block")]
    private static partial int Block(nint mark, nint stream);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_cuda_event_synchronize")]
    private static partial int Synchronize(nint mark);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_cuda_event_query")]
    private static partial int Query(nint mark, out int complete);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_cuda_event_elapsed")]
    private static partial int Elapsed(nint start, nint end, out double milliseconds);
}
