// Meters and activity sources are found by name in the whole process, so that two hosts would see each other's.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
