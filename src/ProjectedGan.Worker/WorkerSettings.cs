using ProjectedGan.Hosting.Links;
using static TorchSharp.torch;

namespace ProjectedGan.Worker;

/// <summary>A worker's command line.</summary>
/// <param name="Node">What it has in common with evaluators.</param>
/// <param name="Device">Where it computes.</param>
/// <param name="Advertise">Where peers reach it; null for where it listens.</param>
/// <param name="Lanes">Replicas computed side by side; 0 for as many as there are processors.</param>
/// <param name="SharesMemory">Whether it exchanges gradients with workers of its machine through shared memory.</param>
/// <param name="Drain">How long it stays in its run once it is told to stop.</param>
/// <param name="Stall">How long its training may stand still before it ends.</param>
public sealed record WorkerSettings(NodeSettings Node, Device Device, string? Advertise, int Lanes, bool SharesMemory, TimeSpan Drain, TimeSpan Stall);
