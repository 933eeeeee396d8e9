using System.Runtime.InteropServices;
using ProjectedGan.Foundation;

namespace ProjectedGan.Tensors;

/// <summary>A mark behind the work queued so far on a CUDA device, which any thread can wait for.</summary>
public sealed partial class CudaEvent : IDisposable
{
    private const uint DisableTiming = 2;

    // libtorch computes on the legacy default stream here: nothing in this program makes it use another.
    private const nint DefaultStream = 0;

    private nint _handle;

    private CudaEvent(nint handle) => _handle = handle;

    ~CudaEvent() => Release();

    /// <summary>Marks the work that the calling thread has queued on its current device.</summary>
    /// <exception cref="PganException">The driver refused.</exception>
    public static CudaEvent Record()
    {
        CudaDriver.Check(Create(out var handle, DisableTiming));
        var mark = new CudaEvent(handle);
        CudaDriver.Check(Record(handle, DefaultStream));
        return mark;
    }

    /// <summary>Waits until all work before the mark is done.</summary>
    /// <exception cref="PganException">Work before the mark failed.</exception>
    public void Synchronize() => CudaDriver.Check(Synchronize(_handle));

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        if (Interlocked.Exchange(ref _handle, 0) is var handle and not 0)
        {
            _ = Destroy(handle);
        }
    }

    [LibraryImport(CudaDriver.Library, EntryPoint = "cuEventCreate")]
    private static partial int Create(out nint created, uint flags);

    [LibraryImport(CudaDriver.Library, EntryPoint = "cuEventRecord")]
    private static partial int Record(nint mark, nint stream);

    [LibraryImport(CudaDriver.Library, EntryPoint = "cuEventSynchronize")]
    private static partial int Synchronize(nint mark);

    [LibraryImport(CudaDriver.Library, EntryPoint = "cuEventDestroy_v2")]
    private static partial int Destroy(nint mark);
}
