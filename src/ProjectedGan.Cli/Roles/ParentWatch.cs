using System.CommandLine;

namespace ProjectedGan.Cli.Roles;

/// <summary>Lets a role that another process started end with that process: its standard input closes then.</summary>
internal static class ParentWatch
{
    public const string Option = "--until-input-closes";

    /// <summary>The option for a role's command; for programs, so that the help does not show it.</summary>
    public static Option<bool> Create() => new(Option) { Hidden = true };

    /// <summary>A token that is cancelled with <paramref name="cancellation"/> or when standard input closes.</summary>
    public static CancellationTokenSource Follow(bool watches, CancellationToken cancellation)
    {
        var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (watches)
        {
            // The console's own reader holds a lock that console output waits for.
            var input = Console.OpenStandardInput();
            Thread thread = new(() =>
            {
                while (input.ReadByte() >= 0)
                {
                }
                try
                {
                    either.Cancel();
                }
                catch (ObjectDisposedException)
                {
                    // The role ended first.
                }
            })
            { IsBackground = true, Name = "parent watch" };
            thread.Start();
        }
        return either;
    }
}
