using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using ProjectedGan.AllReduce.Groups;

namespace ProjectedGan.AllReduce.SharedMemory;

/// <summary>
/// Memory of two processes: slots for frames in either direction, and for each slot a word that says whether it is taken. The sender takes
/// the first free slot and fills it, the receiver frees it; pages that were never written take no memory. The region has no name in any
/// file system, so nothing is left of it when both processes are gone.
/// </summary>
/// <remarks>Lives until it is disposed and every use of it has ended.</remarks>
internal sealed unsafe class SharedRegion : IDisposable
{
    // Neighbouring words must not share a cache line: different processes write them.
    private const int WordBytes = 64;
    private const int PageBytes = 4096;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _memory;
    private int _uses = 1;

    private SharedRegion(MemoryMappedFile file, MemoryOffer? offer, int slots, int slotBytes)
    {
        (_file, Slots, SlotBytes) = (file, slots, slotBytes);
        _view = file.CreateViewAccessor(0, TotalBytes(slots, slotBytes));
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _memory);
        Offer = offer ?? Describe();
    }

    /// <summary>How the other process finds it.</summary>
    public MemoryOffer Offer { get; }

    public int Slots { get; }

    public int SlotBytes { get; }

    /// <summary>Makes a region; null where the system has no such thing.</summary>
    public static SharedRegion? TryCreate(int slots, int frameBytes)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }
        var slotBytes = (frameBytes + PageBytes - 1) / PageBytes * PageBytes;
        MemoryMappedFile? file = null;
        try
        {
            file = MemoryMappedFile.CreateNew(null, TotalBytes(slots, slotBytes));
            return new SharedRegion(file, null, slots, slotBytes);
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            file?.Dispose();
            return null;
        }
    }

    /// <summary>Opens what a peer offers; null if it is not on this machine, of another user or in another container.</summary>
    public static SharedRegion? TryOpen(MemoryOffer offer)
    {
        if (!OperatingSystem.IsLinux() || !offer.IsAcceptable)
        {
            return null;
        }
        MemoryMappedFile? file = null;
        try
        {
            if (new FileInfo(offer.Path).LinkTarget != offer.Name)
            {
                return null;
            }
            var handle = File.OpenHandle(offer.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            if (RandomAccess.GetLength(handle) < TotalBytes(offer.Slots, offer.SlotBytes))
            {
                handle.Dispose();
                return null;
            }
            file = MemoryMappedFile.CreateFromFile(handle, null, 0, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
            return new SharedRegion(file, offer, offer.Slots, offer.SlotBytes);
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            file?.Dispose();
            return null;
        }
    }

    /// <summary>Where a slot of a direction begins.</summary>
    public nint Address(int direction, int slot) => (nint)(_memory + WordsBytes(Slots) + ((((long)direction * Slots) + slot) * SlotBytes));

    /// <summary>A slot's bytes.</summary>
    public Span<byte> Slot(int direction, int slot) => new((void*)Address(direction, slot), SlotBytes);

    /// <summary>Whether a slot is taken: 0 or 1.</summary>
    public ref int Word(int direction, int slot) => ref *(int*)(_memory + (((direction * Slots) + slot) * WordBytes));

    /// <summary>Begins a use, which <see cref="Dispose"/> ends.</summary>
    public void Use() => Interlocked.Increment(ref _uses);

    /// <summary>Ends a use; the last one frees the memory.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _uses) == 0)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file.Dispose();
        }
    }

    private static int WordsBytes(int slots) => ((2 * slots * WordBytes) + PageBytes - 1) / PageBytes * PageBytes;

    private static long TotalBytes(int slots, int slotBytes) => WordsBytes(slots) + (2L * slots * slotBytes);

    // Without a name in /proc the memory cannot be found by another process.
    private MemoryOffer Describe()
    {
        var path = $"/proc/{Environment.ProcessId}/fd/{_file.SafeMemoryMappedFileHandle.DangerousGetHandle()}";
        return new MemoryOffer(path, new FileInfo(path).LinkTarget ?? "", Slots, SlotBytes);
    }

    private static bool IsRefusal(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or PlatformNotSupportedException or NotSupportedException or ArgumentException or ExternalException;
}

/// <summary>Memory that the calling end of a stream lets the other one share, if both run on one machine; part of its introduction.</summary>
/// <param name="Path">Where the kernel shows it: /proc/PID/fd/N of the offering process.</param>
/// <param name="Name">What that must lead to. In another container the path leads elsewhere or nowhere.</param>
/// <param name="Slots">Slots of each direction.</param>
/// <param name="SlotBytes">Bytes of a slot.</param>
internal sealed partial record MemoryOffer(string Path, string Name, int Slots, int SlotBytes)
{
    private const int MostSlotBytes = 64 << 20;

    /// <summary>Whether it may be followed: a peer's word must not make this process open any file but shared memory.</summary>
    public bool IsAcceptable => Path is not null && Name is not null && Slots is > 0 and <= CollectiveOptions.MostSharedSlots && SlotBytes is > 0 and <= MostSlotBytes
        && Descriptor().IsMatch(Path) && (Name.StartsWith("/memfd:", StringComparison.Ordinal) || Name.StartsWith("/dev/shm/", StringComparison.Ordinal));

    [GeneratedRegex("^/proc/[0-9]+/fd/[0-9]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Descriptor();
}
