namespace Tcpwhy.Balancers;

/// <summary>Where nginx keeps what it writes; a trial run needs other places than the host's.</summary>
public sealed record NginxPlaces(string Pid, string ErrorLog, string AccessLog, string? Temporary = null)
{
    public static readonly NginxPlaces Usual = new("/run/nginx.pid", "/var/log/nginx/error.log", "/var/log/nginx/access.log");

    /// <summary>All of it below one directory.</summary>
    public static NginxPlaces Below(string directory) =>
        new(Path.Combine(directory, "nginx.pid"), Path.Combine(directory, "error.log"), Path.Combine(directory, "access.log"), directory);
}
