using System.Security.Authentication;

namespace ProjectedGan.Hosting.Security;

/// <summary>The other side's certificate is not trusted; the message says why and whose it is.</summary>
public sealed class CertificateRefusedException(string message) : AuthenticationException(message);
