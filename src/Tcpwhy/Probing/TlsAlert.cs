namespace Tcpwhy.Probing;

/// <summary>Alerts of TLS (RFC 8446 §6).</summary>
internal static class TlsAlert
{
    /// <summary>Bytes of an alert's record: content type, version, length, level, description.</summary>
    public const int RecordBytes = 7;
    private const byte ContentType = 21;

    /// <summary>The alert's description when these seven bytes are one that is not encrypted, else null.</summary>
    public static int? NumberOf(ReadOnlySpan<byte> record) =>
        record.Length == RecordBytes && record[0] == ContentType && record[1] == 3 && record[3] == 0 && record[4] == 2 ? record[6] : null;

    /// <summary>The name, as handshake_failure (40).</summary>
    public static string Name(int number) => number switch
    {
        0 => "close_notify (0)",
        10 => "unexpected_message (10)",
        20 => "bad_record_mac (20)",
        22 => "record_overflow (22)",
        40 => "handshake_failure (40)",
        42 => "bad_certificate (42)",
        43 => "unsupported_certificate (43)",
        44 => "certificate_revoked (44)",
        45 => "certificate_expired (45)",
        46 => "certificate_unknown (46)",
        47 => "illegal_parameter (47)",
        48 => "unknown_ca (48)",
        49 => "access_denied (49)",
        50 => "decode_error (50)",
        51 => "decrypt_error (51)",
        70 => "protocol_version (70)",
        71 => "insufficient_security (71)",
        80 => "internal_error (80)",
        86 => "inappropriate_fallback (86)",
        90 => "user_canceled (90)",
        109 => "missing_extension (109)",
        110 => "unsupported_extension (110)",
        112 => "unrecognized_name (112)",
        113 => "bad_certificate_status_response (113)",
        115 => "unknown_psk_identity (115)",
        116 => "certificate_required (116)",
        120 => "no_application_protocol (120)",
        _ => $"{number}",
    };
}
