namespace ProjectedGan.AllReduce.Reduction;

/// <summary>Consecutive replicas.</summary>
/// <param name="First">The first replica.</param>
/// <param name="End">The first replica behind the range.</param>
public readonly record struct ReplicaRange(int First, int End)
{
    public int Count => End - First;

    public bool Contains(ReplicaRange other) => First <= other.First && other.End <= End;

    public bool Contains(int replica) => First <= replica && replica < End;

    public bool Overlaps(ReplicaRange other) => First < other.End && other.First < End;

    public override string ToString() => Count == 1 ? $"{First}" : $"{First}-{End - 1}";
}
