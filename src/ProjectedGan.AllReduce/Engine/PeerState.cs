namespace ProjectedGan.AllReduce.Engine;

/// <summary>What an engine keeps of one peer; guarded by the engine's lock, but for the outbox.</summary>
internal sealed class PeerState(int index, string worker, int eagerBytes) : IDisposable
{
    public int Index => index;

    public string Worker => worker;

    public Outbox Outbox { get; } = new();

    /// <summary>What this worker may still send it unasked.</summary>
    public int Credit { get; set; } = eagerBytes;

    /// <summary>What it has sent unasked and this worker holds.</summary>
    public int Charged { get; set; }

    /// <summary>Its announcements of buckets that are not yet submitted here.</summary>
    public int EarlyAnnouncements { get; set; }

    /// <summary>Set when it has closed its streams: it will send nothing more.</summary>
    public bool HasLeft { get; set; }

    public void Dispose() => Outbox.Dispose();
}
