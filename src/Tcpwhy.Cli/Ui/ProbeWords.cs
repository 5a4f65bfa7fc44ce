using Tcpwhy.Attempts;
using Tcpwhy.Kernel;
using Tcpwhy.Probing;

namespace Tcpwhy.Cli.Ui;

/// <summary>How an attempt of a probe failed, in words.</summary>
internal static class ProbeWords
{
    /// <summary>One phrase, as "connection refused".</summary>
    public static string Of(Attempt attempt, ProbePlan plan, Screen screen) => attempt.Outcome switch
    {
        AttemptOutcome.Ok => screen.T("answered"),
        AttemptOutcome.Refused => screen.T("connection refused"),
        AttemptOutcome.Unreachable => screen.T("no way to it: {0}", Error(attempt)),
        AttemptOutcome.Timeout when attempt.Errno == 0 => screen.T("no answer to the handshake within {0}", Measure.Of(plan.ConnectTimeout)),
        AttemptOutcome.Timeout => screen.T("no answer to the handshake until the kernel gave up ({0})", Errno.Name(attempt.Errno)),
        AttemptOutcome.TlsAlert => screen.T("the server ended the TLS handshake with the alert {0}", attempt.Detail),
        AttemptOutcome.NotTls => screen.T("the server speaks no TLS; it began with \"{0}\"", attempt.Detail),
        AttemptOutcome.TlsFailed => screen.T("the TLS handshake failed: {0}", attempt.Detail),
        AttemptOutcome.NotHttp => screen.T("the answer is no HTTP/1; it began with \"{0}\"", attempt.Detail),
        AttemptOutcome.WantsTls => screen.T("the server speaks TLS: add --tls"),
        AttemptOutcome.Error => screen.T("an error of the kernel: {0}", Error(attempt)),
        AttemptOutcome.NoAnswer => NoAnswer(attempt, plan, screen),
        AttemptOutcome.Closed => Ended(attempt, plan, "closed", screen),
        _ => Ended(attempt, plan, "reset", screen),
    };

    private static string NoAnswer(Attempt attempt, ProbePlan plan, Screen screen)
    {
        string patience = Measure.Of(plan.ResponseTimeout);
        return attempt.Errno != 0 ? screen.T("no acknowledgement until the kernel gave up ({0})", Errno.Name(attempt.Errno))
            : attempt.Stage == AttemptStage.Tls ? screen.T("connected, but no TLS handshake within {0}", patience)
            : attempt.Failure is not { BytesReceived: > 0 } failure ? screen.T("connected, but no answer within {0}", patience)
            : screen.T("the answer stopped after {0} bytes and was not complete within {1}", Measure.Number(failure.BytesReceived), patience);
    }

    private static string Ended(Attempt attempt, ProbePlan plan, string how, Screen screen)
    {
        bool closed = how == "closed";
        long received = attempt.Failure?.BytesReceived ?? 0;
        return attempt.Stage switch
        {
            AttemptStage.Connect => screen.T("reset while connecting"),
            AttemptStage.Tls => closed ? screen.T("the server closed in the TLS handshake") : screen.T("reset in the TLS handshake"),
            _ when plan.HttpPath is null => closed ? screen.T("the server closes as soon as it is connected") : screen.T("reset as soon as it was connected"),
            _ when received == 0 => closed ? screen.T("the server closed without an answer") : screen.T("reset instead of an answer"),
            _ => closed ? screen.T("the server closed midway, after {0} bytes of its answer", Measure.Number(received))
                : screen.T("reset midway, after {0} bytes of the answer", Measure.Number(received)),
        };
    }

    private static string Error(Attempt attempt) => $"{Errno.Text(attempt.Errno)} ({Errno.Name(attempt.Errno)})";
}
