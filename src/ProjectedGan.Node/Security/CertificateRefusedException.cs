using System.Security.Authentication;

namespace ProjectedGan.Node.Security;

/// <summary>The other side's certificate is not trusted; the message says why and whose it is.</summary>
internal sealed class CertificateRefusedException(string message) : AuthenticationException(message);
