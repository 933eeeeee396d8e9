namespace ProjectedGan.Cli.Tests.Security;

/// <summary>A clock that is wrong by a certain time.</summary>
internal sealed class ShiftedTime(TimeSpan shift) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + shift;
}
