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

/// <summary>The user asked for something that cannot be: a wrong flag, a contradictory specification, an unsupported size.</summary>
/// <remarks>The command line exits with code 2.</remarks>
public class UsageException : PganException
{
    public UsageException(string message)
        : base(message)
    {
    }

    public UsageException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>Puts an exception into the one line that a user reads.</summary>
public static class ErrorLine
{
    public static string Of(Exception exception)
    {
        var told = exception is AggregateException { InnerExceptions.Count: 1 } aggregate ? aggregate.InnerExceptions[0] : exception;
        return told switch
        {
            // Several violations of a spec come as several lines on purpose.
            PganException => told.Message,
            IOException or UnauthorizedAccessException => FirstLine(told.Message),
            _ => $"{FirstLine(told.Message)} ({told.GetType().Name}; --verbose shows where)",
        };
    }

    private static string FirstLine(string message) => message.Split('\n', 2)[0].TrimEnd();
}
