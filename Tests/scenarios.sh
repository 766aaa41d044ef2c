# For scripts that run every scenario: `each_scenario COMMAND…` runs it with each scenario file, as
# many at a time as there are cores, and shows the outputs of those that fail.
#
# The longest stories come first, so that none of them is waited for alone in the end.
each_scenario() {
  local files=(Scenarios/benchmark/*.yaml Scenarios/service-levels/*.yaml
    Scenarios/autoscaling/*.yaml Scenarios/switching/*.yaml Scenarios/*.yaml)
  local others=()
  for file in Scenarios/*/*.yaml; do
    case "$file" in
    Scenarios/shared/*) ;;
    *) [[ " ${files[*]} " == *" $file "* ]] || others+=("$file") ;;
    esac
  done
  printf '%s\0' "${files[@]}" "${others[@]}" |
    xargs -0 -n 1 -P "$(nproc)" "$@"
}
