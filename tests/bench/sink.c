/* sink: the C-speed client every figure of this benchmark is compared with.
 *
 *   cc -O2 -o sink sink.c
 *   sink --port N --user NAME --password WORD [--batch N] [--depth N] --items 'UID FLAGS' FOLDER...
 *
 * --items holds for the folders that follow it, up to the next --items. One plain connection to loopback: LOGIN, then for each folder EXAMINE and `UID FETCH low:high
 * (ITEMS)` in ranges of --batch UIDs, newest range first, --depth commands in flight. Every answer
 * is framed as RFC 3501 frames it (lines, literals inside them) and thrown away.
 * FOLDER is the name as it stands on the wire. Prints one JSON object:
 * wall (s, connect to LOGOUT's answer), cpu (s, user + system), messages, bytes, maxrss_kib.
 * Ends with 1 and a line on standard error when the server says anything but OK.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 256 * 1024, COMMAND = 8192, WAIT_SECONDS = 120 };

/* What has been received and not yet looked at lies in data[start, end). */
struct stream {
    int fd;
    size_t start, end;
    uint64_t received;
    char data[BUFFER];
};

struct request {
    const char *folder, *items;
};

struct tally {
    unsigned long messages;
    unsigned long uid_next; /* of the folder opened last */
};

static struct stream server;
static struct tally tally;
static unsigned long commands_sent, commands_done;

static void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("sink: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void receive(struct stream *s)
{
    if (s->start > 0) {
        memmove(s->data, s->data + s->start, s->end - s->start);
        s->end -= s->start;
        s->start = 0;
    }
    if (s->end == BUFFER)
        fail("a line is longer than %d bytes", BUFFER);
    ssize_t got = recv(s->fd, s->data + s->end, BUFFER - s->end, 0);
    if (got < 0)
        fail("recv: %s", strerror(errno));
    if (got == 0)
        fail("the server closed the connection");
    s->end += (size_t)got;
    s->received += (uint64_t)got;
}

/* One line without its LF; valid until the next call that receives. */
static const char *next_line(struct stream *s, size_t *length)
{
    size_t searched = 0;
    for (;;) {
        char *from = s->data + s->start;
        char *feed = memchr(from + searched, '\n', s->end - s->start - searched);
        if (feed != NULL) {
            *length = (size_t)(feed - from);
            s->start += *length + 1;
            return from;
        }
        searched = s->end - s->start;
        receive(s);
    }
}

static void drop(struct stream *s, size_t count)
{
    while (count > s->end - s->start) {
        count -= s->end - s->start;
        s->start = s->end = 0;
        receive(s);
    }
    s->start += count;
}

/* The size of the literal that a line announces at its end ("{42}"), or -1. */
static long literal_size(const char *line, size_t length)
{
    if (length > 0 && line[length - 1] == '\r')
        length--;
    if (length < 3 || line[length - 1] != '}')
        return -1;
    size_t digit = length - 1;
    long size = 0, weight = 1;
    while (digit > 0 && line[digit - 1] >= '0' && line[digit - 1] <= '9') {
        size += weight * (line[--digit] - '0');
        weight *= 10;
    }
    return weight > 1 && digit > 0 && line[digit - 1] == '{' ? size : -1;
}

static void note_untagged(const char *line, size_t length)
{
    size_t at = 2;
    while (at < length && line[at] >= '0' && line[at] <= '9')
        at++;
    if (at > 2 && length - at > 7 && memcmp(line + at, " FETCH ", 7) == 0)
        tally.messages++;
    else if (length > 15 && memcmp(line, "* OK [UIDNEXT ", 14) == 0)
        tally.uid_next = strtoul(line + 14, NULL, 10);
}

/* Reads one whole response; true when it completed a command. Tags are single letters + digits. */
static bool read_response(void)
{
    size_t length;
    const char *line = next_line(&server, &length);
    bool tagged = length > 0 && line[0] == 'k';
    if (tagged) {
        const char *space = memchr(line, ' ', length);
        if (space == NULL || (size_t)(line + length - space) < 3 || memcmp(space, " OK", 3) != 0)
            fail("%.*s", (int)length, line);
        commands_done++;
    } else if (length > 2 && line[0] == '*') {
        note_untagged(line, length);
    }
    long literal;
    while ((literal = literal_size(line, length)) >= 0) {
        drop(&server, (size_t)literal);
        line = next_line(&server, &length);
    }
    return tagged;
}

static void command(const char *format, ...)
{
    char text[COMMAND];
    int used = snprintf(text, sizeof text, "k%lu ", ++commands_sent);
    va_list arguments;
    va_start(arguments, format);
    used += vsnprintf(text + used, sizeof text - (size_t)used, format, arguments);
    va_end(arguments);
    if (used > COMMAND - 3)
        fail("a command is longer than %d bytes", COMMAND);
    memcpy(text + used, "\r\n", 2);
    for (size_t sent = 0, size = (size_t)used + 2; sent < size;) {
        ssize_t put = send(server.fd, text + sent, size - sent, MSG_NOSIGNAL);
        if (put < 0)
            fail("send: %s", strerror(errno));
        sent += (size_t)put;
    }
}

static void wait_until_in_flight(unsigned long commands)
{
    while (commands_sent - commands_done > commands)
        read_response();
}

/* An IMAP quoted string (RFC 3501, section 9); the caller's buffer holds 2 * strlen + 3 bytes. */
static const char *quoted(const char *text, char *into)
{
    char *put = into;
    *put++ = '"';
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            *put++ = '\\';
        *put++ = *text;
    }
    *put++ = '"';
    *put = '\0';
    return into;
}

static void connect_to(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server.fd = socket(AF_INET, SOCK_STREAM, 0);
    if (server.fd < 0 || connect(server.fd, (struct sockaddr *)&address, sizeof address) != 0)
        fail("connect to port %d: %s", port, strerror(errno));
    int on = 1;
    setsockopt(server.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct timeval patience = {.tv_sec = WAIT_SECONDS};
    setsockopt(server.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    size_t length;
    const char *greeting = next_line(&server, &length);
    if (length < 4 || memcmp(greeting, "* OK", 4) != 0)
        fail("greeted with %.*s", (int)length, greeting);
}

static void fetch_folder(const struct request *wanted, unsigned long batch, int depth)
{
    char text[2 * strlen(wanted->folder) + 3];
    tally.uid_next = 0;
    command("EXAMINE %s", quoted(wanted->folder, text));
    wait_until_in_flight(0);
    if (tally.uid_next == 0)
        fail("%s: EXAMINE did not say UIDNEXT", wanted->folder);
    unsigned long high = tally.uid_next - 1;
    while (high > 0) {
        unsigned long low = high > batch ? high - batch + 1 : 1;
        wait_until_in_flight((unsigned long)depth - 1);
        command("UID FETCH %lu:%lu (%s)", low, high, wanted->items);
        high = low - 1;
    }
    wait_until_in_flight(0);
}

/* VmHWM rather than ru_maxrss: the latter counts the memory of who started this process, too. */
static long peak_kib(void)
{
    char line[256];
    long peak = -1;
    FILE *status = fopen("/proc/self/status", "r");
    if (status == NULL)
        return -1;
    while (fgets(line, sizeof line, status) != NULL)
        if (sscanf(line, "VmHWM: %ld", &peak) == 1)
            break;
    fclose(status);
    return peak;
}

static double cpu_seconds(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

int main(int argc, char **argv)
{
    static const struct option known[] = {
        {"port", required_argument, NULL, 'p'},  {"user", required_argument, NULL, 'u'},
        {"password", required_argument, NULL, 'w'}, {"items", required_argument, NULL, 'i'},
        {"batch", required_argument, NULL, 'b'}, {"depth", required_argument, NULL, 'd'},
        {NULL, 0, NULL, 0},
    };
    const char *user = "", *password = "", *items = "UID INTERNALDATE";
    unsigned long batch = 2000;
    int port = 143, depth = 2, folders = 0, option;
    struct request wanted[argc];
    while ((option = getopt_long(argc, argv, "-", known, NULL)) != -1) {
        switch (option) {
        case 1: wanted[folders++] = (struct request){optarg, items}; break;
        case 'p': port = atoi(optarg); break;
        case 'u': user = optarg; break;
        case 'w': password = optarg; break;
        case 'i': items = optarg; break;
        case 'b': batch = strtoul(optarg, NULL, 10); break;
        case 'd': depth = atoi(optarg); break;
        default: return 2;
        }
    }
    if (batch == 0 || depth < 1 || folders == 0) {
        fputs("sink: needs a batch and a depth of 1 or more, and a folder\n", stderr);
        return 2;
    }
    char quoted_user[2 * strlen(user) + 3], quoted_password[2 * strlen(password) + 3];
    double began = seconds();
    connect_to(port);
    command("LOGIN %s %s", quoted(user, quoted_user), quoted(password, quoted_password));
    wait_until_in_flight(0);
    for (int i = 0; i < folders; i++)
        fetch_folder(&wanted[i], batch, depth);
    command("LOGOUT");
    wait_until_in_flight(0);
    double wall = seconds() - began;
    printf("{\"wall\": %.6f, \"cpu\": %.6f, \"messages\": %lu, \"bytes\": %llu, "
           "\"maxrss_kib\": %ld}\n",
           wall, cpu_seconds(), tally.messages, (unsigned long long)server.received, peak_kib());
    return 0;
}
