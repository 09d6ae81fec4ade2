# SPDX-License-Identifier: Apache-2.0
# The internet on loopback, for tests of the relay beside other people's programs: mail servers that behave as they
# are told, a name server with zones of ours, a relay between them. Everything is a process or a thread of the test
# and ends with it.
