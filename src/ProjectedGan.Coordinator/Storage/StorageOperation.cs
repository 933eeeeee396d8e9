namespace ProjectedGan.Coordinator.Storage;

internal enum StorageOperation
{
    Read,
    Write,
    Clear,
}
