namespace ProjectedGan.Coordination.Storage;

internal enum StorageOperation
{
    Read,
    Write,
    Clear,
}
