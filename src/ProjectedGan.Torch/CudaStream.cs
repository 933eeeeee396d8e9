using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Torch;

/// <summary>A queue of work on a CUDA device, from libtorch's pool of streams.</summary>
/// <remarks>
/// Memory that one stream's work allocates must not be used on another without an event in between, and must outlive that use.
/// A handle may be used from several threads; which stream is current is a matter of each thread.
/// </remarks>
public sealed partial class CudaStream : IDisposable
{
    private nint _handle;

    /// <param name="device">CUDA device.</param>
    /// <param name="highPriority">Whether the device prefers this stream's work to that of ordinary streams.</param>
    /// <exception cref="PganException">CUDA cannot be used; the message says why.</exception>
    public CudaStream(Device device, bool highPriority = false) =>
        Native.Check(Create(RequireCuda(device), highPriority ? 1 : 0, out _handle));

    ~CudaStream() => Release();

    internal nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(CudaStream));

    /// <summary>Makes this stream the calling thread's current one until the returned scope is disposed on the same thread.</summary>
    public IDisposable MakeCurrent()
    {
        Native.Check(Enter(Handle, out var previous));
        return new Scope(previous);
    }

    /// <summary>Waits until the work queued so far is done.</summary>
    /// <exception cref="PganException">Queued work failed.</exception>
    public void Synchronize() => Native.Check(Synchronize(Handle));

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    internal static int RequireCuda(Device device) => device.type == DeviceType.CUDA
        ? Math.Max(0, device.index)
        : throw new UsageException($"CUDA streams, events and graphs need a CUDA device, not {device}.");

    private void Release()
    {
        if (_handle != 0)
        {
            _ = Free(_handle);
            _handle = 0;
        }
    }

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_cuda_stream_create")]
    private static partial int Create(int device, int highPriority, out nint stream);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_cuda_stream_dispose")]
    private static partial int Free(nint stream);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_cuda_stream_synchronize")]
    private static partial int Synchronize(nint stream);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_cuda_stream_enter")]
    private static partial int Enter(nint stream, out nint previous);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_cuda_stream_restore")]
    private static partial int Restore(nint previous);

    private sealed class Scope(nint previous) : IDisposable
    {
        private nint _previous = previous;

        public void Dispose()
        {
            if (_previous != 0)
            {
                var stream = _previous;
                _previous = 0;
                Native.Check(Restore(stream));
            }
        }
    }
}
