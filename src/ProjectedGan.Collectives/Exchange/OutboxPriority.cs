namespace ProjectedGan.Collectives.Exchange;

/// <summary>Who goes first.</summary>
internal enum OutboxPriority
{
    Control,
    Result,
    Partial,
}
