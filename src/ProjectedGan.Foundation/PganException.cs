namespace ProjectedGan.Foundation;

/// <summary>A failure that the user can understand and act on: the message says what failed, the value found and what to do.</summary>
/// <remarks>The command line shows the message alone, without a stack trace, and exits with code 1.</remarks>
public class PganException : Exception
{
    public PganException(string message)
        : base(message)
    {
    }

    public PganException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
