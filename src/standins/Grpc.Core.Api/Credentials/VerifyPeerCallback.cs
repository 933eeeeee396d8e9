namespace Grpc.Core;

/// <summary>Decides after the TLS handshake whether to go on with a peer.</summary>
public delegate bool VerifyPeerCallback(VerifyPeerContext context);
