// Tests count live tensors and set thread counts of the process, so they run one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
