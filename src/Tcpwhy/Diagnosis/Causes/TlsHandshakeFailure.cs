using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>TCP is fine, and the TLS handshake on it fails with an alert.</summary>
public sealed class TlsHandshakeFailure : Cause
{
    public override string Id => "tls-handshake-failure";

    public override Verdict? Judge(Case broken, World world)
    {
        if (FirstExchange.Of(broken) is not { } failed)
            return null;
        bool alert = failed.Alert != 0 && failed.Asked is FirstWords.Tls or FirstWords.Unknown && failed.Answered is FirstWords.Tls or FirstWords.TlsAlert or FirstWords.Unknown;
        // Seven bytes and the end are what an alert looks like to one who does not read it.
        if (!alert && !(failed.AnswerIsAlertLong && !failed.Heard))
            return null;
        bool client = alert && failed.AlertByClient;
        string code = alert ? $"{failed.Alert} ({Name(failed.Alert)})" : "an alert that was not read";
        return new Verdict(this, broken)
            .For(0.95, alert, "TLS alert", $"{code}, by the {(client ? "client" : "server")}", "payload")
            .For(0.55, !alert, "the whole answer", "7 bytes, as long as a TLS alert", "tcp_sock")
            .Weighs(Severity.Warning)
            .Blames(client ? Fault.Server : Fault.Unknown, toldByClient: broken.Server is null)
            .Tells("alert", code)
            .Tells("refuser", client ? Phrases.Client(broken) : Phrases.Server(broken))
            .Tells("refused", client ? Phrases.Server(broken) : Phrases.Client(broken))
            .Remedy("application", "certificate")
            .Remedy("load-balancer", "versions")
            .Remedy("application", "ask")
            .SettleBy("payload", !alert);
    }

    /// <summary>RFC 8446 section 6.</summary>
    private static string Name(int code) => code switch
    {
        20 => "bad_record_mac",
        40 => "handshake_failure",
        42 => "bad_certificate",
        43 => "unsupported_certificate",
        44 => "certificate_revoked",
        45 => "certificate_expired",
        46 => "certificate_unknown",
        47 => "illegal_parameter",
        48 => "unknown_ca",
        49 => "access_denied",
        50 => "decode_error",
        51 => "decrypt_error",
        70 => "protocol_version",
        71 => "insufficient_security",
        80 => "internal_error",
        86 => "inappropriate_fallback",
        109 => "missing_extension",
        110 => "unsupported_extension",
        112 => "unrecognized_name",
        116 => "certificate_required",
        120 => "no_application_protocol",
        255 => "enciphered",
        _ => "unnamed",
    };
}
