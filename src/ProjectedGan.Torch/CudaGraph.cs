using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace ProjectedGan.Torch;

/// <summary>A recorded sequence of CUDA work that one call runs again, without the cost of launching each kernel.</summary>
/// <remarks>
/// Replays read and write the very memory of the recording: copy new inputs into the tensors it read, and read results from the tensors
/// it wrote. Nothing inside may wait for the device, draw random numbers or depend on the host's values (an optimiser's step count, for
/// one). Run the work a few times before recording, so that libraries have chosen their kernels and gradients exist. The tensors of
/// the recording must outlive the graph.
/// </remarks>
public sealed partial class CudaGraph : IDisposable
{
    private readonly Device _device;
    private nint _handle;
    private bool _isRecorded;

    /// <exception cref="PganException">CUDA cannot be used; the message says why.</exception>
    public CudaGraph(Device device)
    {
        _device = device;
        Native.Check(Create(CudaStream.RequireCuda(device), out _handle));
    }

    ~CudaGraph() => Release();

    private nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(CudaGraph));

    /// <summary>Records the work that an action queues; the work itself does not run.</summary>
    /// <exception cref="InvalidOperationException">The graph is recorded already.</exception>
    /// <exception cref="PganException">The work cannot be recorded; the message is CUDA's.</exception>
    public void Capture(Action work)
    {
        if (_isRecorded)
        {
            throw new InvalidOperationException("This CUDA graph is recorded already; make a new one.");
        }

        // Recording needs a stream of its own and a device at rest.
        CudaDevices.Synchronize(Math.Max(0, _device.index));
        using var stream = new CudaStream(_device);
        using var current = stream.MakeCurrent();
        Native.Check(CaptureBegin(Handle));
        try
        {
            work();
        }
        catch
        {
            // The stream leaves the recording state; the error of the work is the one worth reporting.
            _ = CaptureEnd(Handle);
            throw;
        }

        Native.Check(CaptureEnd(Handle));
        _isRecorded = true;
    }

    /// <summary>Queues the recorded work on the calling thread's current stream.</summary>
    /// <exception cref="InvalidOperationException">Nothing is recorded.</exception>
    /// <exception cref="PganException">CUDA refuses; the message says why.</exception>
    public void Replay()
    {
        if (!_isRecorded)
        {
            throw new InvalidOperationException("Record the CUDA graph with Capture before replaying it.");
        }

        Native.Check(Replay(Handle));
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

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_cuda_graph_create")]
    private static partial int Create(int device, out nint graph);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_cuda_graph_dispose")]
    private static partial int Free(nint graph);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_cuda_graph_capture_begin")]
    private static partial int CaptureBegin(nint graph);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_cuda_graph_capture_end")]
    private static partial int CaptureEnd(nint graph);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_cuda_graph_replay")]
    private static partial int Replay(nint graph);
}
