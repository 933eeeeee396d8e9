using ProjectedGan.Foundation;

namespace ProjectedGan.Data.Datasets;

/// <summary>A dataset that is missing, empty, damaged or unfit for training. The message names the file and what to do.</summary>
public sealed class DatasetException : PganException
{
    public DatasetException(string message)
        : base(message)
    {
    }

    public DatasetException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
