using System.Text.RegularExpressions;
using ProjectedGan.AllReduce.Groups;

namespace ProjectedGan.AllReduce.SharedMemory;

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
